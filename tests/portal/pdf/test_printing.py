import pytest

from portal.pdf.printing import Printing

COVERED = frozenset(range(0x20, 0x17F)) | {0xFFFD, 0xFEFF, 0x4E2D}
BREAK = "\u200b"


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Åse", "Åse"),
        ("A\u030ase", "Åse"),
        ("中", "中"),
        ("👍", f"[U+1F44D]{BREAK}"),
        ("a\x00b", "a\ufffdb"),
        ("\u202egpj", "\ufffdgpj"),
        ("\ufeffa", "a"),
        ("a\u202fb", "a\u00a0b"),
        ("☺\ufe0f", f"[U+263A]{BREAK}"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("x" * 31, "x" * 30 + BREAK + "x"),
        ("x" * 30, "x" * 30),
    ],
)
def test_text_is_made_fit_to_print(written: str, printed: str) -> None:
    assert Printing(COVERED).fit(written) == printed
