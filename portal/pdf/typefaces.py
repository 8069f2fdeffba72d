"""Make the faces of the declaration from the installed npm packages: `python -m portal.pdf.typefaces`.

The packages hold Noto Sans (SIL Open Font License) cut into subsets for browsers. The typesetter takes one
file per family and weight, so the subsets are put together again here.
"""

import argparse
import logging
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTCollection, TTFont

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = PROJECT / "node_modules" / "@fontsource"
FONTS = Path(__file__).resolve().parent / "fonts"

# In the order in which the typesetter looks for a glyph.
FAMILIES = ("Noto Sans", "Noto Sans SC", "Noto Sans CJK SC")
WEIGHTS = {400: "Regular", 700: "Bold"}
NAME_IDS = {"family": 1, "style": 2, "full": 4, "postscript": 6}


class TypefaceError(Exception):
    """The typefaces cannot be made or read."""


@dataclass(frozen=True, slots=True)
class Source:
    """A family and the subsets of its npm package that are put together."""

    family: str
    package: str
    subsets: tuple[str, ...]

    def files(self, packages: Path, weight: int) -> tuple[Path, ...]:
        """Return the files of the subsets for a weight; raise `TypefaceError` if one is not installed."""
        folder = packages / self.package / "files"
        names = [folder / f"{self.package}-{subset}-{weight}-normal.woff2" for subset in self.subsets]
        for name in names:
            if not name.is_file():
                raise TypefaceError(f"{name} is missing; run `npm ci` first")
        return tuple(names)

    def target(self, fonts: Path, style: str) -> Path:
        """Return the file to be made."""
        return fonts / f"{self.family.replace(' ', '')}-{style}.ttf"


SOURCES = (
    Source(
        "Noto Sans",
        "noto-sans",
        ("latin", "latin-ext", "vietnamese", "greek", "greek-ext", "cyrillic", "cyrillic-ext"),
    ),
    Source("Noto Sans SC", "noto-sans-sc", ("chinese-simplified",)),
)


def make(packages: Path = PACKAGES, fonts: Path = FONTS, cjk: Path | None = None) -> tuple[Path, ...]:
    """Make the faces that are missing and return all of them.

    `cjk` is an optional folder with the large collections `NotoSansCJK-*.ttc` (Debian: fonts-noto-cjk), which
    add Japanese, Korean and rare Chinese characters; they are linked, not copied.
    """
    fonts.mkdir(parents=True, exist_ok=True)
    if cjk is not None:
        _link_collections(cjk, fonts)
    for source in SOURCES:
        for weight, style in WEIGHTS.items():
            if not source.target(fonts, style).exists():
                _make_face(source.files(packages, weight), source.family, style, source.target(fonts, style))
    coverage.cache_clear()
    return tuple(sorted(fonts.iterdir()))


def _make_face(subsets: Iterable[Path], family: str, style: str, target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        parts = [_unpack(subset, Path(folder)) for subset in subsets]
        face = Merger().merge([str(part) for part in parts]) if len(parts) > 1 else TTFont(parts[0])
        _rename(face, family, style)
        finished = Path(folder) / target.name
        face.save(finished)
        finished.replace(target)


def _unpack(subset: Path, folder: Path) -> Path:
    face = TTFont(subset)
    face.flavor = None
    unpacked = folder / f"{subset.stem}.ttf"
    face.save(unpacked)
    return unpacked


def _rename(face: TTFont, family: str, style: str) -> None:
    # Subsets of a variable font are all called after its first weight, such as "Noto Sans SC Thin".
    names = {
        "family": family,
        "style": style,
        "full": f"{family} {style}",
        "postscript": f"{family.replace(' ', '')}-{style}",
    }
    for key, text in names.items():
        face["name"].setName(text, NAME_IDS[key], 3, 1, 0x409)
    face["OS/2"].usWeightClass = next(weight for weight, name in WEIGHTS.items() if name == style)


def _link_collections(folder: Path, fonts: Path) -> None:
    collections = [folder / f"NotoSansCJK-{style}.ttc" for style in WEIGHTS.values()]
    for collection in collections:
        if not collection.is_file():
            raise TypefaceError(f"{collection} is missing; on Debian, install fonts-noto-cjk")
        link = fonts / collection.name
        if not link.exists():
            link.symlink_to(collection)


@cache
def coverage(fonts: Path = FONTS) -> frozenset[int]:
    """Return the code points printable in regular and in bold; raise `TypefaceError` without faces."""
    families: dict[str, set[int]] = {}
    for path in sorted((*fonts.glob("*.ttf"), *fonts.glob("*.ttc"))):
        points = _points(path)
        family = path.stem.partition("-")[0]
        families[family] = families[family] & points if family in families else points
    if not families:
        raise TypefaceError(f"no typefaces in {fonts}; run `python -m portal.pdf.typefaces`")
    return frozenset().union(*families.values())


def _points(path: Path) -> set[int]:
    faces = TTCollection(path, lazy=True).fonts if path.suffix == ".ttc" else [TTFont(path, lazy=True)]
    points = {point for face in faces for point in face.getBestCmap()}
    for face in faces:
        face.close()
    return points


def main(arguments: list[str] | None = None) -> int:
    """Make the faces; return the exit code."""
    parser = argparse.ArgumentParser(prog="portal.pdf.typefaces", description="Make the declaration's typefaces.")
    parser.add_argument("--cjk", type=Path, help="folder with NotoSansCJK-Regular.ttc and NotoSansCJK-Bold.ttc")
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    try:
        faces = make(cjk=parser.parse_args(arguments).cjk)
    except TypefaceError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for face in faces:
        sys.stdout.write(f"{face}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
