"""What the levels of evidence are called, in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext

from portal.services.evidence_levels import EvidenceLevel

LEVELS = {
    EvidenceLevel.STATED: lazy_gettext("Stated"),
    EvidenceLevel.DOCUMENTED: lazy_gettext("Documented"),
    EvidenceLevel.CHECKED: lazy_gettext("Checked by us"),
    EvidenceLevel.CHECKED_ON_SITE: lazy_gettext("Checked on site"),
}
