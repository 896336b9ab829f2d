"""Settings, read from the environment. A missing or malformed value stops the start with a sentence."""

import sys
import tempfile
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"
env = environ.Env()
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")


def stop(sentence: str) -> None:
    """Refuse to start, with one sentence instead of a traceback."""
    sys.stderr.write(f"PMO Front Door can't start: {sentence}\n")
    raise SystemExit(78)


def read(kind: str, name: str, default: Any = environ.Env.NOTSET) -> Any:
    """Return an environment value as `kind` (bool, int, str, list), or stop with a sentence."""
    try:
        return getattr(env, kind)(name, default=default)
    except ImproperlyConfigured:
        stop(f"{name} is not set. The file .env.example shows every setting.")
    except ValueError:
        stop(f"{name} is {env.str(name)!r}, which is not a valid {kind}.")


# The command that serves the embedded default sets DEBUG itself; elsewhere it is off.
DEBUG = read("bool", "DEBUG", False)
EMBEDDED = not env.str("DATABASE_URL", default="")
DATA_DIR = Path(read("str", "DATA_DIR", str(BASE_DIR / "data"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def own_secret_key() -> str:
    """Return the key kept beside the embedded database, made on the first start."""
    from django.core.management.utils import get_random_secret_key

    path = DATA_DIR / "secret_key"
    if not path.is_file():
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


SECRET_KEY = read("str", "SECRET_KEY", "")
if not SECRET_KEY and not EMBEDDED:
    stop("SECRET_KEY is not set. Make one with: openssl rand -base64 48")
SECRET_KEY = SECRET_KEY or own_secret_key()
if len(SECRET_KEY) < 32:
    stop("SECRET_KEY is too short. It needs at least 32 characters.")

ALLOWED_HOSTS = read("list", "ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
BASE_URL = read("str", "BASE_URL", "http://127.0.0.1:8000").rstrip("/")
if urlsplit(BASE_URL).scheme not in {"http", "https"} or not urlsplit(BASE_URL).netloc:
    stop(f"BASE_URL is {BASE_URL!r}. It must look like https://pmo.example.org")
CSRF_TRUSTED_ORIGINS = [BASE_URL]

TIME_ZONE = read("str", "ORGANISATION_TIME_ZONE", "Europe/Berlin")
if TIME_ZONE not in available_timezones():
    stop(f"ORGANISATION_TIME_ZONE is {TIME_ZONE!r}, which is no IANA time zone.")
USE_TZ = True
LANGUAGE_CODE = "en-gb"
USE_I18N = True

INSTALLED_APPS = [
    "pmo_portal",
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

try:
    DATABASES: dict[str, Any] = {
        "default": env.db_url(
            "DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'portal.sqlite3'}"
        )
    }
except (ImproperlyConfigured, ValueError):
    stop("DATABASE_URL can't be read. It looks like postgres://name:password@host:5432/database")
DATABASE = DATABASES["default"]
if DATABASE["ENGINE"].endswith("sqlite3"):
    DATABASE.setdefault("OPTIONS", {}).update(
        transaction_mode="IMMEDIATE",
        timeout=20,
        # FULL, because an acknowledged request must survive a power cut.
        init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000; "
        "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728; "
        "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-20000",
    )
elif DATABASE["ENGINE"].endswith("postgresql"):
    DATABASE["CONN_MAX_AGE"] = read("int", "DATABASE_CONN_MAX_AGE", 60)
    DATABASE["CONN_HEALTH_CHECKS"] = True
    DATABASE.setdefault("OPTIONS", {}).update(
        connect_timeout=3,
        options="-c statement_timeout=15s -c lock_timeout=5s "
        "-c idle_in_transaction_session_timeout=30s",
    )
else:
    stop("DATABASE_URL must name postgres:// or sqlite://")
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
ACCOUNT_RATE_LIMITS = {"login_failed": "10/5m/key,30/5m/ip", "login": "60/m/ip"}
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
SECURE_SSL_REDIRECT = SECURE and read("bool", "SECURE_SSL_REDIRECT", True)
if read("bool", "BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
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

STATIC_URL = "static/"
STATIC_ROOT = Path(read("str", "STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else read(
            "str",
            "STATICFILES_STORAGE",
            "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG
MEDIA_ROOT = DATA_DIR / "files"

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
SILENCED_SYSTEM_CHECKS = ["security.W021"] if SECURE else []

# Mail. Without a host, mail is printed to the console and kept readable in the outbox.
EMAIL_HOST = read("str", "EMAIL_HOST", "")
EMAIL_PORT = read("int", "EMAIL_PORT", 587)
EMAIL_HOST_USER = read("str", "EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = read("str", "EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = read("bool", "EMAIL_USE_TLS", EMAIL_PORT == 587)
EMAIL_USE_SSL = read("bool", "EMAIL_USE_SSL", EMAIL_PORT == 465)
EMAIL_TIMEOUT = 10
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.console.EmailBackend"
)
DEFAULT_FROM_EMAIL = read("str", "MAIL_FROM", "PMO Front Door <pmo@demo.example>")

# How the organisation introduces its PMO; `/manage/` takes these over later.
PMO_PHONE = read("str", "PMO_PHONE", "4400")
PMO_MAIL = read("str", "PMO_MAIL", "pmo@demo.example")
REFERENCE_PREFIX = read("str", "REFERENCE_PREFIX", "PMO")

# The demo organisation: its password, and whether it may be made where DEBUG is off.
DEMO_PASSWORD = read("str", "DEMO_PASSWORD", "front-door")
DEMO_ALLOWED = read("bool", "DEMO_ALLOWED", False)

REDIS_URL = read("str", "REDIS_URL", "")
if REDIS_URL and urlsplit(REDIS_URL).scheme not in {"redis", "rediss", "unix"}:
    stop(f"REDIS_URL is {REDIS_URL!r}. It looks like redis://host:6379/0, or is left empty.")
SWEEP_INTERVAL = read("int", "SWEEP_INTERVAL", 30)
OUTBOX_INTERVAL = read("int", "OUTBOX_INTERVAL", 2 if not REDIS_URL else 10)
CELERY_BROKER_URL = REDIS_URL or "memory://"
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
# A fresh schedule file each start: an old one from a clock that ran ahead silences beat for good.
CELERY_BEAT_SCHEDULE_FILENAME = f"{tempfile.gettempdir()}/pmo-beat-{uuid.uuid4().hex}"
CELERY_BEAT_SCHEDULE = {
    "deliver-outbox": {
        "task": "notifications.tasks.deliver_outbox",
        "schedule": OUTBOX_INTERVAL,
        "options": {"expires": OUTBOX_INTERVAL},
    },
    "sweep-clocks": {
        "task": "sla.tasks.sweep_clocks",
        "schedule": SWEEP_INTERVAL,
        "options": {"expires": SWEEP_INTERVAL},
    },
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": read("str", "LOG_LEVEL", "INFO")},
    "loggers": {"celery": {"level": "WARNING"}, "django.server": {"level": "INFO"}},
}
