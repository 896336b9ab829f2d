"""Makes tests fast and their time theirs to fix; nothing else differs from the real settings."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "tests-need-a-key-that-is-long-enough-too")
os.environ.setdefault("ENV_FILE", os.devnull)

from pmo_portal.settings import *  # noqa: F403

DEBUG = False
MEDIA_ROOT = Path(tempfile.gettempdir()) / f"portal-tests-{os.getuid()}"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
# Tests shift the process's clock; the database's can't be shifted.
USE_DATABASE_CLOCK = False
SECURE_SSL_REDIRECT = False
ACCOUNT_RATE_LIMITS = {}
LOGGING["root"]["level"] = "ERROR"  # noqa: F405
