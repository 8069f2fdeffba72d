"""The web application, put together: the only place that knows every part."""

from __future__ import annotations

import inspect
import os
from pathlib import Path

from flask import Flask

from portal import web
from portal.config import MAXIMUM_UPLOAD_BYTES, Settings, read_settings
from portal.extensions import babel, csrf, db, limiter, login
from portal.installation import Installation
from portal.jobs import make_queue
from portal.models.engine import engine_options, prepare
from portal.web.limits import FIELDS_BYTES

ROOT = Path(__file__).resolve().parent.parent


def make_application(settings: Settings | None = None) -> Flask:
    """Return the web application of one installation.

    Raises:
        SettingsError: a setting is missing, weak or unknown.
        AccessError: a page does not say who may open it.
        QuestionnaireError: a published edition, shipped or the company's own, is not what it was.
    """
    settings = settings or read_settings(os.environ)
    app = Flask("portal", root_path=str(ROOT / "portal"), template_folder=str(ROOT / "templates"))
    app.config.update(_flask_settings(settings))
    installation = Installation(settings)
    app.extensions["installation"] = installation
    app.extensions["queue"] = make_queue(installation)
    db.init_app(app)
    _close_plain_sessions_only(app)
    csrf.init_app(app)
    limiter.init_app(app)
    babel.init_app(app, locale_selector=web.languages.choose_language)
    login.init_app(app)
    with app.app_context():
        prepare(db.engine)
    installation.check_catalogue()
    web.join(app, settings)
    return app


def _close_plain_sessions_only(app: Flask) -> None:
    """Each request would start a thread and an event loop to close asynchronous sessions, of which there are none."""
    closers = app.teardown_appcontext_funcs
    closers[:] = [closer for closer in closers if not inspect.iscoroutinefunction(closer)]


def _flask_settings(settings: Settings) -> dict[str, object]:
    newest, *older = reversed(settings.secrets.session)
    return {
        "SECRET_KEY": newest,
        "SECRET_KEY_FALLBACKS": older,
        "SQLALCHEMY_ENGINES": {"default": engine_options(settings.database_url)},
        "SESSION_COOKIE_NAME": "__Host-portal" if settings.secure else "portal",
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": web.IDLE_LIMIT,
        "TRUSTED_HOSTS": [settings.host],
        "MAX_CONTENT_LENGTH": MAXIMUM_UPLOAD_BYTES,
        "MAX_FORM_MEMORY_SIZE": FIELDS_BYTES,
        "MAX_FORM_PARTS": 6_000,
        "WTF_CSRF_TIME_LIMIT": None,  # bound to the session; a long form must not lose its answers to a clock
        "WTF_CSRF_SSL_STRICT": True,
        "RATELIMIT_STORAGE_URI": settings.redis_url or "memory://",
        "BABEL_DEFAULT_LOCALE": settings.default_language,
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "portal" / "translations"),
    }
