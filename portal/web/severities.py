"""What the severities are called, in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext

from questionnaires.model import Severity

SEVERITIES = {
    Severity.ZERO_TOLERANCE: lazy_gettext("Zero tolerance"),
    Severity.MAJOR: lazy_gettext("Major"),
    Severity.MODERATE: lazy_gettext("Moderate"),
    Severity.MINOR: lazy_gettext("Minor"),
}
