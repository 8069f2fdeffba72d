"""Ten years: stamped anew each year, by three authorities and two seals; then proven offline from the bundle."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Declaration
from portal.pdf.certificates import load_keys, load_trust
from portal.pdf.report import Level, Report, Role, Verdict
from portal.pdf.seal_changes import renew_seal
from portal.pdf.signing import Signer
from portal.pdf.verification import verify
from portal.services import checkpoints, evidence, renewing
from portal.services.evidence import TEMPLATES, Sources
from tests import servers
from tests.factories import Make
from tests.portal.pdf.authorities import clock, create_authority, root_of, serving
from tests.portal.signing_acts import Act
from tests.servers import free_port

DAY, YEAR = timedelta(days=1), timedelta(days=365)
ANOTHER_AUTHORITY = {0: 2036, 3: 2036, 7: 2046}
"""The year in which it begins to stamp, and when its certificate ends."""
ANOTHER_SEAL = 5

VERIFY = """
import json, pathlib, sys
from portal.pdf.certificates import load_trust
from portal.pdf.verification import verify
bundle = pathlib.Path(sys.argv[1])
report = verify((bundle / "signed.pdf").read_bytes(), load_trust(bundle / "certificates"), None)
print(json.dumps(report.as_json()))
"""
"""The portal's verifier with nothing but a bundle: its child gets a clean environment, so no clock set otherwise."""

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


class Years:
    """An installation that grows older."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        self.installation, self.folder = installation, folder
        self.keys_dir = installation.settings.keys_dir
        (self.keys_dir / "tsa-roots").mkdir()

    def new_authority(self, ends: int) -> None:
        """Use another authority from now on; the former one's root stays, for what it has stamped."""
        name = f"authority{len(list(self.folder.glob('authority*')))}"
        (self.folder / name).mkdir()
        self.port = free_port()
        self.authority = create_authority(self.folder / name, self.port, name=f"Tidsvitne {name}", ends=ends)
        (self.keys_dir / "tsa-roots" / f"{name}.pem").write_bytes(root_of(self.authority))

    def new_seal(self, now: datetime) -> None:
        """Use another seal from now on, under the same root."""
        renew_seal(self.keys_dir, "Testfirma AS", self.installation.settings.seal_passphrase, None, now)

    @contextmanager
    def signer(self, now: datetime) -> Iterator[Signer]:
        """The signer of some year, with the authority's clock in the same."""
        keys = load_keys(self.keys_dir, self.installation.settings.seal_passphrase)
        with serving(clock(self.authority, now), self.port) as address:
            yield Signer(keys, f"{address}/clock/tsa/stamps", Level.LTA)

    def seal(self, act: Act, accepted: Declaration, now: datetime) -> None:
        with self.signer(now) as signer:
            assert act.seal(accepted, now, signer=signer)

    def renew(self, declaration_id: uuid.UUID, now: datetime) -> None:
        with self.signer(now) as signer:
            assert renewing.renew(
                self.installation.new_session,
                declaration_id,
                store=self.installation.store,
                signer=lambda: signer,
                trust=load_trust(self.keys_dir),
                now=lambda: now,
            )

    def bundle(self, session: Session, declaration: Declaration, now: datetime) -> bytes:
        parts = self.installation
        session.commit()
        checkpoints.make(parts.new_session, parts.checkpoint_signer, None, parts.keeping, now)
        sources = Sources(parts.store, parts.catalogue, self.keys_dir, load_trust(self.keys_dir), "Testfirma AS")
        return evidence.build(session, declaration, sources, now).content


def in_ten_years(*command: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Run a command that believes that ten years have gone."""
    faketime = shutil.which("faketime")
    if not faketime:
        servers.do_without("faketime is not here")
    return subprocess.run([faketime, "-f", "+3650d", *command], capture_output=True, check=False)


def test_after_ten_years_of_changing_keys_the_first_declaration_is_proven_offline(
    installation: Installation, session: Session, make: Make, now: datetime, tmp_path: Path
) -> None:
    years, act = Years(installation, tmp_path), Act(installation, session, make)
    years.new_authority(ANOTHER_AUTHORITY[0])
    (first,), (later,) = act.accepted(act.ready(), now), act.accepted(act.ready(), now)
    years.seal(act, first, now)
    first_id = first.id
    session.commit()
    for year in range(1, 10):
        if year in ANOTHER_AUTHORITY:
            years.new_authority(ANOTHER_AUTHORITY[year])
        if year == ANOTHER_SEAL:
            years.new_seal(now + year * YEAR)
        years.renew(first_id, now + year * YEAR)
    session.refresh(first)
    years.seal(act, later, now + 9 * YEAR + DAY)
    newest = installation.store.get(first.newest_sha256 or "")
    sealed_anew = installation.store.get(later.pdf_sha256 or "")

    trust, ten = load_trust(years.keys_dir), now + 10 * YEAR
    assert newest.startswith(installation.store.get(first.pdf_sha256 or ""))
    for pdf in (newest, sealed_anew):
        report = verify(pdf, trust, None, now=ten)
        assert (report.verdict, report.problems, report.level) == (Verdict.PROVEN, (), Level.LTA)
    assert verify(newest[:-1], trust, None, now=ten).verdict is Verdict.NOT_PROVEN
    packed = years.bundle(session, first, now + 9 * YEAR + 2 * DAY)
    assert_proven_in_ten_years(packed, tmp_path)


def assert_proven_in_ten_years(packed: bytes, folder: Path) -> None:
    """Ask what goes along with the bundle, and the portal's verifier with the certificates of the bundle alone."""
    (folder / "evidence.zip").write_bytes(packed)
    zipfile.ZipFile(io.BytesIO(packed)).extractall(folder / "bundle")
    said = in_ten_years(sys.executable, "-I", TEMPLATES / "verify.py", folder / "evidence.zip", "--json")
    states = {step["step"]: step["state"] for step in json.loads(said.stdout)["steps"]}
    assert said.returncode == 0, said.stdout + said.stderr
    assert states.pop("Time stamp") == "NOT CHECKED"  # of the checkpoint: it has none here
    assert set(states.values()) == {"OK"}, said.stdout

    report = Report.from_json(json.loads(in_ten_years(sys.executable, "-c", VERIFY, folder / "bundle").stdout))
    assert (report.verdict, report.problems) == (Verdict.PROVEN, ())
    assert [each.role for each in report.signatures].count(Role.TIME_STAMP) == 10
