"""Settings: read once from the environment, then frozen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from questionnaires.minerals.layout import SHARES
from questionnaires.minerals.model import Kind
from questionnaires.minerals.model import Settings as MineralsSettings

SECRET_NAMES = ("session", "link", "code", "intent")
SEAL_SECRETS = ("passphrase", "pin", "token")
LANGUAGES = {"en": "English", "nb": "Norsk bokmål"}
"""Languages of the portal by code, each named in itself; one more is one more folder in portal/translations."""
SIGNATURE_LEVELS = ("B-B", "B-T", "B-LTA")
"""PAdES baseline levels (ETSI EN 319 142-1). B-LT is only made as part of B-LTA: validation data that no time stamp
covers could have been put there by anybody."""
MINIMUM_SECRET_BYTES = 32
DAYS_LINK_LASTS = 60
MINUTES_CODE_LASTS = 10
CODE_TRIES = 5
MAXIMUM_UPLOAD_BYTES = 25 * 1024 * 1024

_KNOWN = {
    "PORTAL_DATA_DIR", "PORTAL_DATABASE_URL", "PORTAL_REDIS_URL", "PORTAL_BASE_URL", "PORTAL_ORGANISATION",
    "PORTAL_SMTP_URL", "PORTAL_MAIL_FROM", "PORTAL_TSA_URL", "PORTAL_PROXY_HOPS", "PORTAL_DEMO",
    "PORTAL_DEFAULT_LANGUAGE", "PORTAL_SEAL_PASSPHRASE", "PORTAL_QUESTIONNAIRES", "PORTAL_CHECKPOINTS",
    "PORTAL_SIGNATURE_LEVEL", "PORTAL_WITNESS_MAIL", "PORTAL_SEAL_KEY", "PORTAL_SEAL_PIN", "PORTAL_SEAL_TOKEN",
    "PORTAL_GROUP",  # read by `portal init` alone
    "PORTAL_RETENTION_YEARS",
    "PORTAL_MINERALS_OLDEST_MONTHS",
    "PORTAL_MINERALS_LEAST_COVERAGE", "PORTAL_MINERALS_NEWEST",
    *(f"PORTAL_{name.upper()}_SECRETS" for name in SECRET_NAMES),
}  # fmt: skip


class SettingsError(Exception):
    """A setting is missing, weak or unknown; the message is one sentence for the person who starts the portal."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Keys by purpose; each a tuple from oldest to newest: the newest signs, all verify."""

    session: tuple[str, ...]
    link: tuple[str, ...]
    code: tuple[str, ...]
    intent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an installation may choose."""

    data_dir: Path
    """Folder of database, files and keys."""
    database_url: str
    """SQLAlchemy URL; SQLite in the data folder unless told otherwise."""
    redis_url: str | None
    """Queue and rate limits; without it the queue is a SQLite file and the limits live in the web process."""
    base_url: str
    """What mailed links begin with, without a slash at the end."""
    organisation: str
    """The company that asks: in mails, on pages, in certificates."""
    smtp_url: str | None
    """smtp://user:password@host:port, smtps://… or None: mails become files in the data folder."""
    mail_from: str
    """Sender address of all mail."""
    tsa_url: str | None
    """RFC 3161 time-stamping service, or None."""
    signature_level: str
    """PAdES level that each declaration must reach, or it waits: B-B, B-T or B-LTA."""
    proxy_hops: int
    """How many reverse proxies stand in front; their X-Forwarded headers are believed, no others."""
    demo: bool
    """Demo mode: a public mailbox page and printed passwords."""
    default_language: str
    """Language of readers who state none that the portal speaks."""
    seal_key: str | None
    """Where the seal's private key lies: pkcs11:…, csc:https://…, or None for the encrypted file in the data folder."""
    seal_secrets: Mapping[str, str] = field(repr=False)
    """What the environment says of passphrase, pin and token; see `seal_secret`."""
    secrets: Secrets
    """Keys for sessions, links, codes and import tickets."""
    questionnaires: Path | None
    """Folder of questionnaire definitions; None for the shipped ones."""
    checkpoints_dir: Path
    """Folder that gets a copy of each checkpoint of the ledger; best one that another machine keeps."""
    retention_years: int
    """How long a signed declaration is kept after it was sealed."""
    witness_mail: str | None
    """Address that gets the first checkpoint of each day by mail; best somebody outside of the company."""
    minerals: MineralsSettings
    """Limits of the rules for CMRT and EMRT workbooks."""

    @property
    def keys_dir(self) -> Path:
        """Folder of secrets, keys and certificates."""
        return self.data_dir / "keys"

    def seal_secret(self, name: str) -> str:
        """Return what opens the seal's key: its passphrase, PIN or the signing service's token; empty without one.

        Read when it is used and never before, since only the worker and the command line may: the web does not.
        """
        path = self.keys_dir / f"seal.{name}"
        if name in self.seal_secrets:
            return self.seal_secrets[name]
        try:
            return path.read_text().strip() if path.is_file() else ""
        except OSError as error:
            raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error

    @property
    def seal_passphrase(self) -> bytes:
        """Opens the encrypted keys in the data folder; raises SettingsError where it is missing."""
        value = self.seal_secret("passphrase")
        if not value:
            path = self.keys_dir / "seal.passphrase"
            raise SettingsError(
                f"The seal's passphrase is missing (PORTAL_SEAL_PASSPHRASE or {path}); run `portal init` first."
            )
        return value.encode()

    @property
    def files_dir(self) -> Path:
        """Folder of the content-addressed files."""
        return self.data_dir / "files"

    @property
    def waiting_dir(self) -> Path:
        """Folder of uploads that somebody has yet to decide about."""
        return self.data_dir / "waiting"

    @property
    def mailbox_dir(self) -> Path:
        """Folder where mails become files when there is no SMTP server."""
        return self.data_dir / "mailbox"

    @property
    def host(self) -> str:
        """Host name of the base URL, for Message-IDs and trusted hosts."""
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def secure(self) -> bool:
        """Whether readers come by HTTPS."""
        return self.base_url.startswith("https://")


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings of an environment.

    Raises:
        SettingsError: a variable is unknown, or a secret is missing or shorter than 32 bytes.
    """
    unknown = sorted(name for name in environ if name.startswith("PORTAL_") and name not in _KNOWN)
    if unknown:
        raise SettingsError(f"{unknown[0]} is not a setting of the portal; see the README for those that are.")
    data_dir = Path(environ.get("PORTAL_DATA_DIR", "var")).resolve()
    base_url = environ.get("PORTAL_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
    if not re.match(r"https?://[^/\s]+", base_url):
        raise SettingsError("PORTAL_BASE_URL must begin with http:// or https:// and name a host.")
    folder = environ.get("PORTAL_QUESTIONNAIRES")
    return Settings(
        data_dir=data_dir,
        database_url=environ.get("PORTAL_DATABASE_URL", f"sqlite:///{data_dir / 'portal.sqlite'}"),
        redis_url=environ.get("PORTAL_REDIS_URL") or None,
        base_url=base_url,
        organisation=environ.get("PORTAL_ORGANISATION", "Demo company"),
        smtp_url=environ.get("PORTAL_SMTP_URL") or None,
        mail_from=environ.get("PORTAL_MAIL_FROM", "portal@localhost.localdomain"),
        tsa_url=environ.get("PORTAL_TSA_URL") or None,
        signature_level=_level(environ),
        proxy_hops=_whole_number(environ, "PORTAL_PROXY_HOPS"),
        demo=_is_demo(environ, base_url),
        default_language=_language(environ),
        seal_key=_seal_key(environ),
        seal_secrets={
            name: environ[f"PORTAL_SEAL_{name.upper()}"]
            for name in SEAL_SECRETS
            if f"PORTAL_SEAL_{name.upper()}" in environ
        },
        secrets=Secrets(**{name: _secret(environ, data_dir, name) for name in SECRET_NAMES}),
        questionnaires=Path(folder).resolve() if folder else None,
        checkpoints_dir=Path(environ.get("PORTAL_CHECKPOINTS") or data_dir / "checkpoints").resolve(),
        retention_years=_whole_number(environ, "PORTAL_RETENTION_YEARS", 10),
        witness_mail=_address(environ, "PORTAL_WITNESS_MAIL"),
        minerals=read_minerals_settings(environ),
    )


def read_minerals_settings(environ: Mapping[str, str]) -> MineralsSettings:
    """Return the limits of the rules for CMRT and EMRT workbooks; they need no installation. Raises SettingsError."""
    usual = MineralsSettings()
    coverage = environ.get("PORTAL_MINERALS_LEAST_COVERAGE") or usual.least_coverage
    if coverage not in SHARES:
        raise SettingsError(f"PORTAL_MINERALS_LEAST_COVERAGE must be one of {', '.join(SHARES)}, not {coverage!r}.")
    newest = dict(usual.newest)
    for part in (environ.get("PORTAL_MINERALS_NEWEST") or "").split(","):
        if not part.strip():
            continue
        kind, version = _kind_and_version(part.strip())
        newest[kind] = version
    months = _whole_number(environ, "PORTAL_MINERALS_OLDEST_MONTHS", usual.oldest_months)
    return MineralsSettings(months, coverage, newest)


def _kind_and_version(part: str) -> tuple[Kind, str]:
    found = re.fullmatch(r"(CMRT|EMRT)=([0-9]+(?:\.[0-9]+)+)", part)
    if not found:
        raise SettingsError(f"PORTAL_MINERALS_NEWEST must be such as CMRT=6.6.1,EMRT=2.11.1, not {part!r}.")
    return Kind(found[1]), found[2]


def _language(environ: Mapping[str, str]) -> str:
    code = environ.get("PORTAL_DEFAULT_LANGUAGE", "en")
    if code not in LANGUAGES:
        raise SettingsError(f"PORTAL_DEFAULT_LANGUAGE must be one of {', '.join(LANGUAGES)}, not {code!r}.")
    return code


def _level(environ: Mapping[str, str]) -> str:
    has_stamps = bool(environ.get("PORTAL_TSA_URL"))
    level = environ.get("PORTAL_SIGNATURE_LEVEL") or ("B-LTA" if has_stamps else "B-B")
    if level not in SIGNATURE_LEVELS:
        raise SettingsError(f"PORTAL_SIGNATURE_LEVEL must be one of {', '.join(SIGNATURE_LEVELS)}, not {level!r}.")
    if level != "B-B" and not has_stamps:
        raise SettingsError(f"PORTAL_SIGNATURE_LEVEL={level} needs a time-stamping service in PORTAL_TSA_URL.")
    return level


def _address(environ: Mapping[str, str], name: str) -> str | None:
    value = environ.get(name) or None
    if value and not re.fullmatch(r"[^@\s,]+@[^@\s,]+", value):
        raise SettingsError(f"{name} must be one mail address, not {value!r}.")
    return value


def _is_demo(environ: Mapping[str, str], base_url: str) -> bool:
    demo = environ.get("PORTAL_DEMO", "") == "1"
    if demo and base_url.startswith("https://"):
        raise SettingsError("PORTAL_DEMO shows everybody all mail; it is not for an address that the world can reach.")
    return demo


def _whole_number(environ: Mapping[str, str], name: str, usual: int = 0) -> int:
    value = environ.get(name, str(usual))
    if not re.fullmatch(r"[0-9]{1,2}", value):
        raise SettingsError(f"{name} must be a whole number from 0 to 99, not {value!r}.")
    return int(value)


def _secret(environ: Mapping[str, str], data_dir: Path, name: str) -> tuple[str, ...]:
    """A secret is a comma-separated list in a variable, or a file with one key a line; oldest first."""
    variable = f"PORTAL_{name.upper()}_SECRETS"
    path = data_dir / "keys" / f"{name}.secret"
    if variable in environ:
        keys = tuple(part for part in environ[variable].split(",") if part)
        place = variable
    else:
        keys = tuple(path.read_text().split()) if path.is_file() else ()
        place = str(path)
    if not keys:
        raise SettingsError(f"The {name} secret is missing ({place}); run `portal init` first.")
    if any(len(key.encode()) < MINIMUM_SECRET_BYTES for key in keys):
        raise SettingsError(
            f"The {name} secret ({place}) is shorter than {MINIMUM_SECRET_BYTES} bytes; make a longer one."
        )
    return keys


def _seal_key(environ: Mapping[str, str]) -> str | None:
    place = environ.get("PORTAL_SEAL_KEY") or None
    if place and not place.startswith(("pkcs11:", "csc:https://", "csc:http://")):
        raise SettingsError("PORTAL_SEAL_KEY must begin with pkcs11: or csc:https://, as the README says.")
    return place
