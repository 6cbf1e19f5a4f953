"""The site's own settings, with a directory of its own for each run and no collected files."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "TIERWRIGHT_TEST_VAR" not in os.environ:
    # Workers of a parallel run inherit the directory; the process that made it removes it.
    os.environ["TIERWRIGHT_TEST_VAR"] = tempfile.mkdtemp(prefix="tierwright-test-")
    atexit.register(shutil.rmtree, os.environ["TIERWRIGHT_TEST_VAR"], ignore_errors=True)

os.environ["TIERWRIGHT_VAR"] = os.environ["TIERWRIGHT_TEST_VAR"]
os.environ["SECRET_KEY"] = "only-for-tests-" + "x" * 50
for name in (
    "DJANGO_DEBUG", "ALLOWED_HOSTS", "TIERWRIGHT_HTTPS", "MAX_LOG_BYTES", "MAX_FORM_BYTES", "TIERWRIGHT_TASKS",
    "REDIS_URL", "SWEEP_LEASE_SECONDS", "SWEEP_DAYS", "TIERWRIGHT_ACCOUNTS", "TIERWRIGHT_SIGNUP", "TRUSTED_PROXIES",
    "TIERWRIGHT_SECOND_FACTOR", "SITE_URL", "SECRET_KEY_FALLBACKS",
    "SESSION_HOURS", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD",
    "DEFAULT_FROM_EMAIL", "OIDC_SERVER_URL", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME", "OIDC_ORIGINS",
):  # fmt: skip
    os.environ.pop(name, None)

from planner.settings import *  # noqa: E402, F403, TID251
from planner.settings import DATABASES, STORAGES, VAR_DIR  # noqa: E402, TID251

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in life: a shared in-memory database has other locks.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(VAR_DIR) / "test.sqlite3")}

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
