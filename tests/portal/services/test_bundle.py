"""The evidence file in the hands of an outsider: what its own verify.py says of good evidence and of forgeries."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Checkpoint, Declaration, Deed, LedgerEvent, LedgerPersonalData, Renewal
from portal.pdf.certificates import load_trust
from portal.pdf.timestamps import stamp
from portal.services import checkpoint_keys, checkpoints, evidence, ledger, notes, proofs
from portal.services.actors import PORTAL
from portal.services.evidence import TEMPLATES, Sources
from portal.services.merkle import Tree
from tests.conftest import PASSPHRASE
from tests.factories import Make
from tests.portal.pdf.authorities import clock, create_authority, root_of, serving
from tests.portal.services.test_ledger import without_guards
from tests.portal.signing_acts import Act
from tests.servers import free_port

VERIFY = TEMPLATES / "verify.py"
EVENTS: Any = LedgerEvent.__table__
HOUR = timedelta(hours=1)
Row = dict[str, Any]
Files = dict[str, bytes]


def loaded() -> Any:
    spec = importlib.util.spec_from_file_location("verify", VERIFY)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["verify"] = module
    spec.loader.exec_module(module)
    return module


verify = loaded()


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture(autouse=True)
def without_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the portal's own verifier says takes most of the time, and is not what these tests are about."""
    monkeypatch.setattr(evidence, "_report", lambda *_: b"{}\n")


class Portal:
    """A portal with one signed declaration, records before and after it, and a checkpoint that was kept outside."""

    def __init__(self, installation: Installation, session: Session, make: Make, now: datetime) -> None:
        self.installation, self.session, self.now = installation, session, now
        self.unguarded = False
        self.write(3)
        act = Act(installation, session, make)
        (accepted,) = act.accepted(act.ready(), now)
        assert act.seal(accepted, now)
        self.declaration_id = accepted.id
        self.write(2)
        self.kept = self.sign()

    def write(self, count: int) -> None:
        for _ in range(count):
            ledger.record(self.session, Deed.NOTE_WRITTEN, "note:1", by=PORTAL, now=self.now)
        self.session.commit()

    def sign(self, stamp: checkpoints.Stamp | None = None) -> str:
        """Sign the head as the worker does."""
        self.session.commit()
        parts = self.installation
        return checkpoints.make(parts.new_session, parts.checkpoint_signer, stamp, parts.keeping, self.now).note

    def sign_anything(self, key: Ed25519PrivateKey | None = None) -> None:
        """Take all checkpoints away and sign what is there now, as somebody with every right could."""
        self.session.execute(sa.text("DROP TRIGGER checkpoints_refuse_delete"))
        self.session.execute(sa.delete(Checkpoint))
        leaves = self.session.scalars(sa.select(LedgerEvent.leaf).order_by(LedgerEvent.seq))
        tree = Tree(bytes.fromhex(leaf) for leaf in leaves)
        signer = self.installation.checkpoint_signer
        note = notes.sign(
            notes.Head(signer.name, tree.size, tree.root, self.now + HOUR), signer.name, key or signer.key
        )
        self.session.add(Checkpoint(size=tree.size, root=tree.root.hex(), note=note, made_at=self.now + HOUR))
        self.session.commit()

    def attack(self, change: Callable[[list[Row]], list[Row]]) -> None:
        """Change the ledger's rows as somebody with every right on the database could."""
        if not self.unguarded:
            without_guards(self.session)
        self.unguarded = True
        rows = [dict(row) for row in self.session.execute(sa.select(EVENTS).order_by(EVENTS.c.seq)).mappings()]
        self.session.execute(sa.delete(LedgerPersonalData))
        self.session.execute(sa.delete(EVENTS))
        self.session.execute(sa.insert(EVENTS), change(rows))
        self.session.commit()
        self.session.expire_all()

    def zip(self) -> bytes:
        parts = self.installation
        keys_dir = parts.settings.keys_dir
        sources = Sources(parts.store, parts.catalogue, keys_dir, parts.trust, "Testfirma AS")
        declaration = self.session.get_one(Declaration, self.declaration_id)
        content = evidence.build(self.session, declaration, sources, self.now).content
        self.session.commit()
        return content

    def files(self) -> Files:
        with zipfile.ZipFile(io.BytesIO(self.zip())) as packed:
            return {name: packed.read(name) for name in packed.namelist()}


@pytest.fixture
def portal(installation: Installation, session: Session, make: Make, now: datetime) -> Portal:
    return Portal(installation, session, make, now)


def failed(files: Files, *against: str, key: bytes | None = None) -> set[str]:
    """Return the steps that fail."""
    kept = {str(number): note.encode() for number, note in enumerate(against)}
    found = verify.check(verify.Bundle(files, key), kept)
    return {title for title, reason in found.items() if reason.state == verify.FAILED}


def listed_anew(files: Files) -> Files:
    """Return the files with a manifest that fits, as any forger would make it."""
    names = [name for name in files if name != "MANIFEST.sha256"]
    manifest = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in names)
    return {**files, "MANIFEST.sha256": manifest.encode()}


def test_good_evidence_passes_with_nothing_but_python(portal: Portal, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text(portal.kept, "utf-8")
    portal.write(4)
    portal.sign()
    (tmp_path / "evidence.zip").write_bytes(portal.zip())
    zipfile.ZipFile(tmp_path / "evidence.zip").extractall(tmp_path / "unpacked")
    for place in ("evidence.zip", "unpacked"):
        command: list[str | Path] = [sys.executable, "-I", VERIFY, tmp_path / place, "--json", "--against", kept]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        states = {step["step"]: step["state"] for step in json.loads(ended.stdout)["steps"]}
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert states.pop("Time stamp") == "NOT CHECKED"
        assert set(states.values()) == {"OK"}, ended.stdout
        assert len(states) == 16


def test_its_own_copy_says_the_same_in_norwegian(portal: Portal, tmp_path: Path) -> None:
    zipfile.ZipFile(io.BytesIO(portal.zip())).extractall(tmp_path / "bevis")
    command: list[str | Path] = [sys.executable, "-I", tmp_path / "bevis" / "verify.py", "--language", "nb"]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "IKKE KONTROLLERT" in ended.stdout
    assert "Ingenting feilet" in ended.stdout


def test_the_commands_of_the_readme_check_the_signature_of_the_checkpoint(portal: Portal, tmp_path: Path) -> None:
    zipfile.ZipFile(io.BytesIO(portal.zip())).extractall(tmp_path / "unpacked")
    readme = (tmp_path / "unpacked" / "README.txt").read_text("utf-8").partition("By hand:")[2]
    commands = [
        line.strip() for line in readme.splitlines() if line.strip().startswith(("sed ", "tail ", "openssl pkey"))
    ]
    assert commands[:3] == commands[3:]
    ended = subprocess.run(
        " && ".join(commands[:3]), shell=True, cwd=tmp_path / "unpacked", capture_output=True, text=True, check=False
    )
    assert ended.stdout == "Signature Verified Successfully\n", ended.stderr


def test_a_time_stamp_is_checked_against_the_authority(portal: Portal, now: datetime, tmp_path: Path) -> None:
    authority = create_authority(tmp_path, free_port())
    roots = portal.installation.settings.keys_dir / "tsa-roots"
    roots.mkdir(exist_ok=True)
    (roots / "clock.pem").write_bytes(root_of(authority))
    trusted = load_trust(roots.parent).tsa_roots
    portal.write(1)
    with serving(clock(authority, now)) as address:
        portal.sign(lambda note: stamp(note, f"{address}/clock/tsa/stamps", trusted, now))
    files = portal.files()
    assert verify.take(lambda: verify.time_stamp(verify.Bundle(files))).state == verify.OK
    token = files["checkpoint.tsr"]
    for changed in (token[:-9] + bytes([token[-9] ^ 1]) + token[-8:], b"", token[:500]):
        assert failed(listed_anew({**files, "checkpoint.tsr": changed})) == {"Time stamp"}
    other = root_of(create_authority(tmp_path, free_port()))
    assert failed(listed_anew({**files, "certificates/tsa-roots/clock.pem": other})) == {"Time stamp"}


def test_records_that_no_checkpoint_covers_are_said_to_be_unproven(portal: Portal, now: datetime) -> None:
    subject = f"declaration:{portal.declaration_id}"
    ledger.record(portal.session, Deed.EVIDENCE_DOWNLOADED, subject, by=PORTAL, now=now, data={})
    portal.session.commit()
    files = portal.files()
    found = verify.check(verify.Bundle(files), {})
    assert found["Proofs"].state == verify.NOT_CHECKED
    assert json.loads(files["proofs.json"])["not_yet_in_a_checkpoint"] == [found["Proofs"].values["count"] + 5]
    assert b"the others are not yet in one" in files["README.txt"]


def test_a_changed_byte_in_any_member_is_found(portal: Portal) -> None:
    files = portal.files()
    steps = verify.STEPS[:1]
    for name, content in files.items():
        for place in {0, len(content) // 2, len(content) - 1}:
            changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
            found = verify.take(lambda each={**files, name: changed}: steps[0][1](verify.Bundle(each)))
            assert found.state == verify.FAILED, (name, place)


def test_a_member_too_many_or_too_few_is_found(portal: Portal) -> None:
    files = portal.files()
    assert failed({**files, "attachments/extra.pdf": b""}) >= {"Manifest"}
    assert failed({name: content for name, content in files.items() if name != "report.json"}) == {"Manifest"}


PROVING = [
    "signed.pdf",
    "answers.json",
    "events.jsonl",
    "events.leaves",
    "proofs.json",
    "checkpoint.txt",
    "certificates/checkpoint.pub",
    "certificates/checkpoint.pem",
    "definition/code-of-conduct/2026-1/questionnaire.yaml",
]


def test_a_change_that_the_manifest_was_made_to_fit_is_found(portal: Portal) -> None:
    files = portal.files()
    for name in PROVING:
        content = files[name]
        for place in {0, len(content) // 2, len(content) - 4}:
            changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
            assert failed(listed_anew({**files, name: changed})), (name, place)


def chained(rows: list[Row]) -> list[Row]:
    """Number the rows anew and let each name the one before, as a forger who knows the recipe does."""
    prev, made = ledger.FIRST, []
    for seq, row in enumerate(rows):
        body = {**json.loads(row["record"]), "seq": seq, "prev": prev}
        record = json.dumps(body, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
        made.append({**row, "seq": seq, "prev": prev, "leaf": ledger.leaf_hash(record), "record": record})
        prev = made[-1]["leaf"]
    return made


def of(rows: list[Row], deed: str) -> int:
    return next(index for index, row in enumerate(rows) if row["deed"] == deed)


def edited(rows: list[Row]) -> list[Row]:
    at = of(rows, "signing:accepted")
    rows[at]["record"] = rows[at]["record"].replace(b"code-by-mail", b"code-by-hand")
    return rows


def deleted(rows: list[Row]) -> list[Row]:
    at = of(rows, "signing:code-sent")
    return rows[:at] + rows[at + 1 :]


def cut(rows: list[Row]) -> list[Row]:
    return rows[:-2]


def swapped(rows: list[Row]) -> list[Row]:
    one, other = of(rows, "preview:made"), of(rows, "signing:code-sent")
    for column in ("prev", "leaf", "record", "deed", "subject"):
        rows[one][column], rows[other][column] = rows[other][column], rows[one][column]
    return rows


def duplicated(rows: list[Row]) -> list[Row]:
    at = of(rows, "signing:code-sent")
    return chained([*rows[: at + 1], rows[at], *rows[at + 1 :]])


def inserted(rows: list[Row]) -> list[Row]:
    return chained([rows[0], *rows])


def rewritten(rows: list[Row]) -> list[Row]:
    return chained(edited(rows))


ATTACKS = [edited, deleted, cut, swapped, duplicated, inserted, rewritten]


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_on_the_ledger_is_seen_in_the_evidence_alone_or_with_an_earlier_checkpoint(
    portal: Portal, attack: Callable[[list[Row]], list[Row]]
) -> None:
    portal.attack(attack)
    assert failed(portal.files()) & {"Records", "Proofs"}
    portal.attack(chained)
    portal.sign_anything()
    forged = portal.files()
    assert failed(forged) == set(), "who can sign checkpoints is not seen in the evidence alone"
    assert failed(forged, portal.kept) == {"--against 0"}


def test_another_key_slipped_in_is_seen_with_an_earlier_checkpoint_or_the_key(portal: Portal, tmp_path: Path) -> None:
    keys_dir = portal.installation.settings.keys_dir
    true_key = portal.files()["certificates/checkpoint.pub"]
    (keys_dir / checkpoint_keys.PRIVATE).unlink()
    checkpoint_keys.create(keys_dir, "localhost", PASSPHRASE.encode())
    portal.attack(rewritten)
    portal.sign_anything(checkpoint_keys.load_signer(keys_dir, PASSPHRASE.encode()).key)
    assert failed(portal.files()) == set()
    assert failed(portal.files(), portal.kept) == {"--against 0"}
    assert failed(portal.files(), key=true_key) == {"Checkpoint"}


def test_an_older_backup_that_went_on_is_seen_with_an_earlier_checkpoint(portal: Portal) -> None:
    portal.attack(cut)
    portal.now += HOUR
    portal.write(5)
    portal.sign_anything()
    assert failed(portal.files(), portal.kept) == {"--against 0"}


def test_a_backup_with_newer_records_than_a_checkpoint_of_that_length_is_seen(portal: Portal) -> None:
    portal.attack(lambda rows: rows[: of(rows, "declaration:signed")])
    portal.now += HOUR
    data = {"pdf_sha256": "0" * 64}
    subject = f"declaration:{portal.declaration_id}"
    ledger.record(portal.session, Deed.DECLARATION_SIGNED, subject, by=PORTAL, now=portal.now, data=data)
    portal.session.commit()
    assert "--against 0" in failed(portal.files(), portal.kept)


def test_a_forged_pdf_that_was_never_logged_is_found(portal: Portal) -> None:
    files = portal.files()
    forged = listed_anew({**files, "signed.pdf": files["signed.pdf"] + b"\n%%EOF\n"})
    assert failed(forged) >= {"Signed file"}


def test_a_forged_pdf_with_a_forged_record_is_found(portal: Portal) -> None:
    files = portal.files()
    pdf = files["signed.pdf"] + b"\n"
    true, false = (hashlib.sha256(each).hexdigest().encode() for each in (files["signed.pdf"], pdf))
    events = files["events.jsonl"].replace(true, false)
    numbers = [json.loads(line)["seq"] for line in events.splitlines()]
    leaves = [ledger.leaf_hash(line) for line in events.splitlines()]
    table = "".join(f"{seq} {leaf}\n" for seq, leaf in zip(numbers, leaves, strict=True)).encode()
    forged = listed_anew({**files, "signed.pdf": pdf, "events.jsonl": events, "events.leaves": table})
    assert failed(forged) == {"Proofs"}


def test_evidence_older_than_the_checkpoint_is_not_called_forged(portal: Portal) -> None:
    files = portal.files()
    portal.now += HOUR
    portal.write(3)
    assert failed(files, portal.sign()) == set()


def test_so_old_a_checkpoint_that_no_proof_is_made_from_it_is_not_called_forged(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "NEWEST", 1)
    for _ in range(2):
        portal.write(1)
        portal.sign()
    found = verify.check(verify.Bundle(portal.files()), {"kept": portal.kept.encode()})
    assert found["--against kept"].state == verify.NOT_CHECKED


def test_a_renewed_file_is_the_one_that_the_ledger_names_last(portal: Portal, now: datetime) -> None:
    store, session = portal.installation.store, portal.session
    declaration = session.get_one(Declaration, portal.declaration_id)
    renewed = store.put(store.get(declaration.pdf_sha256 or "") + b"% a time stamp\n%%EOF\n")
    declaration.renewals.append(Renewal(number=1, pdf_sha256=renewed, renewed_at=now, renew_before=now + HOUR))
    subject, data = f"declaration:{declaration.id}", {"pdf_sha256": renewed, "before_sha256": declaration.pdf_sha256}
    ledger.record(session, Deed.DECLARATION_RENEWED, subject, by=PORTAL, now=now, data=data)
    session.commit()
    files, older = portal.files(), {"signed.pdf": store.get(declaration.pdf_sha256 or "")}
    assert verify.take(lambda: verify.signed_file(verify.Bundle(files))).state == verify.OK
    assert verify.take(lambda: verify.signed_file(verify.Bundle({**files, **older}))).state == verify.FAILED
