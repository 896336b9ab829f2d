"""Settings, all read from the environment. `.env.example` tells what each of them means."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from csp.constants import NONE, SELF

from pmo_portal.environment import (
    BASE_DIR,
    address,
    database,
    flag,
    mail_address,
    matching,
    number,
    one_of,
    stop,
    text,
    words,
)
from pmo_portal.schedule import timetable

VERSION = "0.1.0"
DEBUG = flag("DEBUG", False)
# Without a database of its own the portal keeps all it has in one folder.
EMBEDDED = not text("DATABASE_URL")
DATA_DIR = Path(text("DATA_DIR", str(BASE_DIR / "data"))).resolve()
try:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
except OSError as error:
    stop(f"the folder {DATA_DIR} can't be made: {error.strerror}.")
if not os.access(DATA_DIR, os.W_OK):
    stop(f"the folder {DATA_DIR} can't be written to. DATA_DIR names another.")


def own_secret_key() -> str:
    """Return the key kept beside the embedded database, made on the first start."""
    from django.core.management.utils import get_random_secret_key

    path = DATA_DIR / "secret_key"
    if not path.is_file():
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


SECRET_KEY = text("SECRET_KEY")
if not SECRET_KEY and not EMBEDDED:
    stop("SECRET_KEY is not set. Make one with: openssl rand -base64 48")
SECRET_KEY = SECRET_KEY or own_secret_key()
if len(SECRET_KEY) < 32:
    stop("SECRET_KEY is too short. It needs at least 32 characters.")

BASE_URL = address(
    "BASE_URL", {"http", "https"}, "http://127.0.0.1:8000", example="https://pmo.example.org"
)
if urlsplit(BASE_URL).path:
    stop("BASE_URL has a path. The portal needs a host of its own: https://pmo.example.org")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
# The health check of a container asks from inside.
ALLOWED_HOSTS = [
    *words("ALLOWED_HOSTS", urlsplit(BASE_URL).hostname or ""),
    "127.0.0.1",
    "localhost",
    "[::1]",
]

TIME_ZONE = text("ORGANISATION_TIME_ZONE", "Europe/Berlin")
if TIME_ZONE not in available_timezones():
    stop(f"ORGANISATION_TIME_ZONE is {TIME_ZONE!r}, which is no IANA time zone.")
USE_TZ = True
LANGUAGE_CODE = "en-gb"
USE_I18N = True

INSTALLED_APPS = [
    "pmo_portal",
    "api",
    "insights",
    "intake",
    "catalog",
    "sla",
    "notifications",
    "audit",
    "accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "django_include_bootstrap",
    "template_partials",
    "heroicons",
    "django_filters",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "django.contrib.postgres" or not EMBEDDED]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "pmo_portal.middleware.RequestIdMiddleware",
    "pmo_portal.middleware.RefuseNulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pmo_portal.middleware.PersonMiddleware",
    "pmo_portal.kept_text.KeepTextMiddleware",
]

ROOT_URLCONF = "pmo_portal.urls"
WSGI_APPLICATION = "pmo_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pmo_portal.context.chrome",
            ],
        },
    }
]

DATABASE: dict[str, Any] = (
    {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "portal.sqlite3"}
    if EMBEDDED
    else database("DATABASE_URL")
)
DATABASES = {"default": DATABASE}
if DATABASE["ENGINE"].endswith("sqlite3"):
    DATABASE.setdefault("OPTIONS", {}).update(
        transaction_mode="IMMEDIATE",
        timeout=20,
        # FULL, because an acknowledged request must survive a power cut.
        init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000; "
        "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728; "
        "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-20000",
    )
else:
    DATABASE["CONN_MAX_AGE"] = number("DATABASE_CONN_MAX_AGE", 60, least=0)
    DATABASE["CONN_HEALTH_CHECKS"] = True
    DATABASE.setdefault("OPTIONS", {}).update(
        connect_timeout=3,
        options="-c statement_timeout=15s -c lock_timeout=5s "
        "-c idle_in_transaction_session_timeout=30s",
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# `now` is the database's clock (sla-spec 6). Tests that fix the time use the process's.
USE_DATABASE_CLOCK = DATABASE["ENGINE"].endswith("postgresql")

# Limits on signing in must hold while Redis is away, so the cache is a table.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.MailAddressBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "landing"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_ADAPTER = "pmo_portal.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm"}
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/5m/key,30/5m/ip",
    "login": "60/m/ip",
    "reset_password": "20/h/ip,5/h/key",
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
CSRF_FAILURE_VIEW = "pmo_portal.errors.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_SSL_REDIRECT = SECURE and flag("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
if flag("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.access.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.access.InScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": text("API_RATE", "600/min")},
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.problems.handle",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "PMO Front Door",
    "VERSION": "1",
    "DESCRIPTION": "What the pages do, for programs.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "TierEnum": "catalog.models.ServiceTier.Level",
        "StateEnum": "intake.states.State",
    },
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}

# Files that people send. Never below what the web server hands out.
MEDIA_ROOT = Path(text("MEDIA_DIR", str(DATA_DIR / "files"))).resolve()
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "intake.uploads.receiving.BoundedUploadHandler",
]

STATIC_URL = "static/"
STATIC_ROOT = Path(
    text("STATIC_ROOT", str(DATA_DIR / "static" if EMBEDDED else BASE_DIR / "staticfiles"))
)
STATICFILES_DIRS = [BASE_DIR / "static"]
PLAIN_STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"
MANIFEST_STATIC = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": PLAIN_STATIC if DEBUG else text("STATICFILES_STORAGE", MANIFEST_STATIC)
    },
}
WHITENOISE_USE_FINDERS = DEBUG
MEDIA_ROOT = DATA_DIR / "files"

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
SILENCED_SYSTEM_CHECKS = ["security.W021"] if SECURE else []

# Mail. Without a host, mail is printed to the console and kept readable in the outbox.
EMAIL_HOST = text("EMAIL_HOST")
EMAIL_PORT = number("EMAIL_PORT", 587, most=65_535)
EMAIL_HOST_USER = text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS", EMAIL_PORT == 587)
EMAIL_USE_SSL = flag("EMAIL_USE_SSL", EMAIL_PORT == 465)
EMAIL_TIMEOUT = 10
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.console.EmailBackend"
)
DEFAULT_FROM_EMAIL = text("MAIL_FROM", "PMO Front Door <pmo@demo.example>")
# Replies to mails come back to this mailbox, with a signed tag after a plus sign. Without it
# mails say that replies are not read.
REPLY_ADDRESS = mail_address("REPLY_ADDRESS", "")
# Where `receive_mail --imap` fetches them; without it they are piped in by the mail server.
IMAP_URL = address(
    "IMAP_URL", {"imap", "imaps"}, "", example="imaps://name:password@mail.example.org:993/INBOX"
)

# Whoever reads /metrics sends this as "Authorization: Bearer …". Empty: there is no such page.
METRICS_TOKEN = text("METRICS_TOKEN")

# How the organisation introduces its PMO; `/manage/` takes these over later.
PMO_PHONE = text("PMO_PHONE", "4400")
PMO_MAIL = text("PMO_MAIL", "pmo@demo.example")
# When somebody can be talked to without an appointment, in the zone of the organisation.
OPEN_HOURS = matching(
    "OPEN_HOURS",
    r"((mon|tue|wed|thu|fri|sat|sun) \d\d:\d\d-\d\d:\d\d( [^;]+)?(; ?|$))*",
    "tue 10:00-11:00; thu 14:00-15:00",
    example="tue 10:00-11:00 room 3.12; thu 14:00-15:00",
)
REFERENCE_PREFIX = text("REFERENCE_PREFIX", "PMO")
# From which share of a text's weight on a request counts as similar to it, between 0 and 1.
SIMILAR_FROM = 0.3

# The demo organisation: its password, and whether it may be made where DEBUG is off.
DEMO_PASSWORD = text("DEMO_PASSWORD", "front-door")
# `make run` is for trying out; on a database of one's own the demo must be asked for.
DEMO_ALLOWED = flag("DEMO_ALLOWED", EMBEDDED and flag("TRYING_OUT", False))

REDIS_URL = address(
    "REDIS_URL", {"redis", "rediss", "unix"}, "", example="redis://host:6379/0, or is left empty."
)
SWEEP_INTERVAL = number("SWEEP_INTERVAL", 30)
OUTBOX_INTERVAL = number("OUTBOX_INTERVAL", 2 if not REDIS_URL else 10)
CELERY_BROKER_URL = REDIS_URL or "memory://in-this-process"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "visibility_timeout": 600,
        "socket_timeout": 2,
        "socket_connect_timeout": 1,
        "max_retries": 1,
    }
    if REDIS_URL
    else {"polling_interval": 0.2}
)
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Mail servers that hang must not keep the clocks waiting.
CELERY_TASK_ROUTES = {
    "notifications.tasks.*": {"queue": "outbox"},
    "intake.tasks.fetch_mail": {"queue": "outbox"},
}
CELERY_BEAT_SCHEDULER = "pmo_portal.beat:SteadyScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
CELERY_BEAT_SCHEDULE = timetable(
    sweep=SWEEP_INTERVAL, outbox=OUTBOX_INTERVAL, reads_mail=bool(IMAP_URL)
)

LOG_LEVEL = one_of("LOG_LEVEL", {"DEBUG", "INFO", "WARNING", "ERROR"}, "INFO")
# JSON where logs are gathered, which is where the portal is served.
LOG_FORMAT = one_of("LOG_FORMAT", {"plain", "json"}, "plain" if EMBEDDED else "json")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "pmo_portal.logs.formatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {"celery": {"level": "WARNING"}, "django.server": {"level": "INFO"}},
}
