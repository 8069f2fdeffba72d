"""The parts of one installation, made from its settings: for the web, the worker and the command line."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from portal.clock import clock
from portal.config import Settings, SettingsError
from portal.mail.messages import Reader
from portal.mail.transports import Transport, make_transport
from portal.models.engine import make_engine
from portal.pdf.certificates import CertificateError, Trust, load_keys, load_trust
from portal.pdf.document import Renderer
from portal.pdf.key_folder import keys_state
from portal.pdf.seal_keys import open_seal
from portal.pdf.signing import Level, Signer, SigningError
from portal.pdf.timestamps import TimestampError, stamp
from portal.services.checkpoint_keys import CheckpointSigner, CheckpointVerifier, load_signer, load_verifier
from portal.services.checkpoints import Keeping
from portal.services.links import Links
from portal.services.living_catalogue import LivingCatalogue
from portal.services.verifying_all import Parts
from portal.storage import LocalStore, Store
from questionnaires.catalogue import Catalogue


@dataclass(frozen=True)
class Installation:
    """Settings and the parts made of them; each part is made when first used."""

    settings: Settings

    @cached_property
    def engine(self) -> sa.Engine:
        """The database."""
        return make_engine(self.settings.database_url)

    def close(self) -> None:
        """Let go of the database."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    @cached_property
    def new_session(self) -> sessionmaker[Session]:
        """Makes database sessions."""
        return sessionmaker(self.engine)

    @cached_property
    def store(self) -> Store:
        """The files."""
        return LocalStore(self.settings.files_dir)

    @cached_property
    def waiting(self) -> LocalStore:
        """Uploads that somebody has yet to decide about; what is decided goes to the files."""
        return LocalStore(self.settings.waiting_dir)

    @cached_property
    def catalogue(self) -> LivingCatalogue:
        """The questionnaires, those that the company has published itself among them."""
        load = partial(Catalogue.load, self.settings.questionnaires)
        return LivingCatalogue(load, self.new_session, self.store)

    def check_catalogue(self) -> None:
        """Load the questionnaires at the start, so that one that was changed stops the portal there.

        A database that is away, or not made yet, is told when somebody asks for it. Raises QuestionnaireError.
        """
        with suppress(DBAPIError):
            self.catalogue.refresh()

    @cached_property
    def links(self) -> Links:
        """Makes and reads mailed links and codes."""
        return Links(self.settings)

    @cached_property
    def transport(self) -> Transport:
        """Takes mail away."""
        return make_transport(self.settings.smtp_url, self.settings.mailbox_dir)

    @cached_property
    def renderer(self) -> Renderer:
        """Sets declarations."""
        return Renderer()

    @cached_property
    def _signers(self) -> dict[object, Signer]:
        return {}

    @property
    def signer(self) -> Signer:
        """Signs and seals; made anew when a file in the folder of keys has changed. Opening takes a tenth of a second.

        Raises:
            SigningError: the keys cannot be opened.
        """
        state = keys_state(self.settings.keys_dir)
        signer = self._signers.get(state)
        if signer is None:
            signer = self._open_signer()
            self._signers.clear()
            self._signers[state] = signer
        return signer

    def _open_signer(self) -> Signer:
        settings = self.settings
        try:
            seal = open_seal(settings.seal_key, settings.keys_dir, settings.seal_secret)
            keys = load_keys(settings.keys_dir, settings.seal_passphrase, seal)
        except (CertificateError, SettingsError) as error:
            raise SigningError(f"the keys cannot be opened: {error}") from error
        return Signer(keys, settings.tsa_url, Level(settings.signature_level))

    @property
    def trust(self) -> Trust:
        """The certificates that a verifier goes by, as they are now."""
        return load_trust(self.settings.keys_dir)

    @cached_property
    def checkpoint_signer(self) -> CheckpointSigner:
        """Signs the ledger's checkpoints; only the worker and the command line do."""
        return load_signer(self.settings.keys_dir, self.settings.seal_passphrase)

    @cached_property
    def checkpoint_verifier(self) -> CheckpointVerifier:
        """By whose key checkpoints are signed."""
        return load_verifier(self.settings.keys_dir)

    @property
    def keeping(self) -> Keeping:
        """Where checkpoints go."""
        settings = self.settings
        mail = settings.witness_mail
        return Keeping(settings.checkpoints_dir, Reader("", mail, settings.default_language) if mail else None)

    @property
    def provable(self) -> Parts:
        """What `verify_all` checks."""
        return Parts(self.new_session, self.store, self.settings.keys_dir, lambda: self.checkpoint_verifier)

    def stamp(self, content: bytes) -> bytes:
        """Return the time stamping service's answer about some bytes; raises OSError where there is no service."""
        if not self.settings.tsa_url:
            raise TimestampError("no time stamping service is set")
        return stamp(content, self.settings.tsa_url, self.trust.tsa_roots, clock())
