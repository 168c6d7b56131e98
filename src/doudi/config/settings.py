"""Every setting of doudi, from the environment; a wrong value stops the start with a sentence."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from csp.constants import NONE, SELF

from doudi.config.home import database, home

HOME = home()


def _secret(name: str) -> str:
    """Read a key of this installation from its home, making it on the first start (owner may read, nobody else)."""
    path = HOME.keys / name
    if not path.exists():
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was quicker; its key counts
            return path.read_text().strip()
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()


def _yes(name: str) -> bool:
    value = os.environ.get(name, "0")
    if value not in ("0", "1"):
        raise SystemExit(f"{name}={value!r}: write 1 or 0")
    return value == "1"


SECRET_KEY = _secret("django")
SEALING_KEY = _secret("sealing")  # AES-256 for personal columns
LINKING_KEY = _secret("linking")  # keyed hashes: person ids and blind indexes
JOURNAL_KEY = _secret("journal")  # Ed25519 seed: signs the journal's checkpoints
JOURNAL_ORIGIN = os.environ.get("DOUDI_JOURNAL", "doudi.local/journal")  # the journal's name in its checkpoints
DEMO = _yes("DOUDI_DEMO")  # a made-up city: clock can be moved, text messages are shown on a page
DEMO_PASSWORD = "doudi-demo-2026"  # of a made-up office that listens on this machine only; printed on the demo's page
# docs/decisions/0003: whose phone it is has to be seen once, at a window or a visit, before codes go to it.
FIRST_PHONE_TYPED = DEMO
DEBUG = _yes("DOUDI_DEBUG")
LAKE = HOME.lake
WORKING_DAYS = HOME.root / "working_days.json"  # years this place took over, for every process of this machine
PAPERS = HOME.papers  # sealed photographs, recordings and signatures
NOTICES = os.environ.get("DOUDI_NOTICES", "doudi.office.gateways.outbox" if DEMO else "")  # module that sends texts to people
PACKS = [p for p in os.environ.get("DOUDI_PACKS", "cn,demo_city").split(",") if p]

SITE = {  # whose site this is: the words and the telephone number on every public page
    "name": os.environ.get("DOUDI_SITE_NAME", "禾安救助"),
    "office": os.environ.get("DOUDI_SITE_OFFICE", "禾安县民政局"),
    "hotline": os.environ.get("DOUDI_SITE_HOTLINE", "12345"),
    "hours": os.environ.get("DOUDI_SITE_HOURS", "8:00–20:00，能讲方言"),
    "area": os.environ.get("DOUDI_SITE_AREA", "990101"),  # the place whose standards and lists are shown
}

PLACE = {  # how other installations know this one; the three lines of its card that people choose
    "code": os.environ.get("DOUDI_PLACE", SITE["area"]),
    "label": os.environ.get("DOUDI_PLACE_LABEL", SITE["office"]),
    "address": os.environ.get("DOUDI_ADDRESS", ""),  # https://host other places reach us at; empty: only through another place
}

ALLOWED_HOSTS = [h for h in os.environ.get("DOUDI_HOSTS", "127.0.0.1,localhost").split(",") if h]
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("DOUDI_ORIGINS", "").split(",") if o]
ROOT_URLCONF = "doudi.config.urls"
ROOMS = ["office", "rulebook", "registry", "exchange", "verification", "casework", "payment", "services", "monitoring"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "csp",
    *[f"doudi.{room}" for room in ROOMS],
    "doudi.web",
]
AUTH_USER_MODEL = "office.Clerk"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/desk/login/"
LOGIN_REDIRECT_URL = "/desk/"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pages over 2G; Django pads them so that their length tells nothing
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "doudi.web.parts.language.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "doudi.web.parts.law.UnreadableLaw",
    "doudi.web.parts.reading.OneReading",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "DIRS": [Path(__file__).parent.parent / "web"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "doudi.web.parts.context.frame",
            ],
            "builtins": ["template_partials.templatetags.partials", "doudi.web.parts.templatetags.parts"],
        },
    }
]
FORM_RENDERER = "doudi.web.parts.drawing.Drawing"
DATABASES = {"default": database(os.environ.get("DATABASE_URL"), HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parent.parent / "web" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME.root / "static"
STATICFILES_DIRS = [Path(__file__).parent.parent / "web" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": HOME.root / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
SECURE_HTTPS = _yes("DOUDI_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("DOUDI_LOG", "WARNING")},
}
