"""The site's settings, all read from the environment; a wrong value stops the start with a sentence."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from planner.queues import redis_queue, task_backend
from planner.sso import single_sign_on

BASE_DIR = Path(__file__).resolve().parent.parent


def text(name: str, default: str) -> str:
    """The variable's text, or the default where it is absent or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool) -> bool:
    """A switch: 1, true, yes, on, or 0, false, no, off."""
    value = text(name, "1" if default else "0").lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; use 1 or 0.")


def whole(name: str, default: int, *, least: int = 0) -> int:
    """A whole number, not below `least`."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise ImproperlyConfigured(f"{name} is {value!r}; use a whole number of at least {least}.")
    return int(value)


def words(name: str, default: str) -> list[str]:
    """Words set apart by commas or spaces."""
    return text(name, default).replace(",", " ").split()


def directory(path: Path) -> Path:
    """The directory, made for this user alone if it is not there yet."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be made ({error.strerror}); set TIERWRIGHT_VAR to a directory that can be written."
        ) from error
    return path


def local_secret(path: Path) -> str:
    """The secret key of this copy, made at the first start and readable by its owner alone."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50), encoding="ascii")
        try:
            os.link(fresh, path)  # fails if another process was first: then its key counts
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip()


def database(url: str) -> dict[str, Any]:
    """Django's description of the database at `url`; SQLite is set up for several writers."""
    try:
        described: dict[str, Any] = dict(dj_database_url.parse(url))
    except (ValueError, KeyError) as error:
        raise ImproperlyConfigured(
            "DATABASE_URL is not understood; use sqlite:////path/to/file or postgres://user:password@host/name."
        ) from error
    if described["ENGINE"] == "django.db.backends.sqlite3":
        # A write waits its turn at BEGIN, rather than failing halfway when it turns out to be second.
        described["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
        }
    else:
        described |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    return described


VAR_DIR = directory(Path(text("TIERWRIGHT_VAR", str(BASE_DIR / "var"))).expanduser().resolve())

DEBUG = flag("DJANGO_DEBUG", False)
SECRET_KEY = os.environ.get("SECRET_KEY") or local_secret(VAR_DIR / "secret-key")
SECRET_KEY_FALLBACKS = os.environ.get("SECRET_KEY_FALLBACKS", "").split()
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "127.0.0.1 localhost [::1]")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS", "")
SITE_URL = text("SITE_URL", next(iter(CSRF_TRUSTED_ORIGINS), "http://127.0.0.1:8000")).rstrip("/")
"""What links in mails begin with."""

INSTALLED_APPS = [
    "planner",
    "topology",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "crispy_bootstrap5",
    "crispy_forms",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "planner.http.extra_headers",
    "planner.uploads.refuse_oversized",
    "planner.uploads.refuse_other_encodings",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "planner.people.LocalPerson",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "planner.gate.Gate",
    "allauth.account.middleware.AccountMiddleware",
    "planner.errors.Refusals",
]

ROOT_URLCONF = "planner.urls"
WSGI_APPLICATION = "planner.wsgi.application"
ASGI_APPLICATION = "planner.asgi.application"

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
                "planner.context.access",
                "planner.context.site",
            ],
        },
    },
]

DATABASES = {"default": database(text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# What several processes and hosts must know alike, such as how often somebody tried to log in, is in the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "planner_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# Who works on sweeps. The tables of the database's queue are always there, so that one setting changes it.
TASKS_KIND = text("TIERWRIGHT_TASKS", "process").lower()
TASKS = task_backend(TASKS_KIND)
if TASKS_KIND == "redis":
    INSTALLED_APPS.append("django_rq")
    RQ_QUEUES = redis_queue(text("REDIS_URL", ""))
SWEEP_LEASE_SECONDS = whole("SWEEP_LEASE_SECONDS", 30, least=1)
SWEEP_DAYS = whole("SWEEP_DAYS", 30, least=1)

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [path for path in (BASE_DIR / "static",) if path.is_dir()]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "planner.assets.BootstrapFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# An access log in a form: streamed to a file of this directory, never held in memory.
MAX_LOG_BYTES = whole("MAX_LOG_BYTES", 1 << 30, least=1)
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = directory(VAR_DIR / "uploads")
FILE_UPLOAD_PERMISSIONS = 0o600
# The rest of a form, pasted log lines included.
DATA_UPLOAD_MAX_MEMORY_SIZE = whole("MAX_FORM_BYTES", 8 << 20, least=1)
# Inner networks that webhooks may reach all the same, such as 10.1.2.0/24; by default none.
WEBHOOK_NETWORKS = words("WEBHOOK_NETWORKS", "")
API_REQUESTS_PER_MINUTE = whole("API_REQUESTS_PER_MINUTE", 600, least=1)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 32

# Without accounts, whoever reaches the site is the local person; what follows then waits unused.
ACCOUNTS = flag("TIERWRIGHT_ACCOUNTS", False)
SIGNUP = flag("TIERWRIGHT_SIGNUP", False)
"""Whether anybody may sign up, not only those who are invited."""
SECOND_FACTOR = flag("TIERWRIGHT_SECOND_FACTOR", False)
"""Whether everybody who logs in by a password must have set up an app or a passkey before anything else."""
HTTPS = flag("TIERWRIGHT_HTTPS", False)
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "first_name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "planner.passwords.BesideOurWords"},
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "account_login", "start", "account_login"
ACCOUNT_ADAPTER = "planner.adapters.AccountAdapter"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "planner.forms.NameForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Tierwright] "
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True  # for SESSION_HOURS, which end whatever was done meanwhile
ACCOUNT_USERNAME_BLACKLIST = ["you", "everybody", "somebody", "team", "guest", "tierwright", "console"]
ACCOUNT_USER_DISPLAY = "planner.people.name_of"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/300s/key", "login": "30/m/ip", "signup": "10/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = whole("TRUSTED_PROXIES", 1 if HTTPS else 0)
MFA_ADAPTER = "planner.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Tierwright"
MFA_TOTP_TOLERANCE = 1  # steps of half a minute that a phone may be wrong
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # browsers allow it on localhost alone
SOCIALACCOUNT_ADAPTER = "planner.adapters.SocialAdapter"
OIDC = single_sign_on(
    server_url=text("OIDC_SERVER_URL", ""),
    client_id=text("OIDC_CLIENT_ID", ""),
    secret=text("OIDC_CLIENT_SECRET", ""),
    name=text("OIDC_NAME", "single sign-on"),
    more_origins=words("OIDC_ORIGINS", ""),
)
SOCIALACCOUNT_PROVIDERS = OIDC.providers
USERSESSIONS_TRACK_ACTIVITY = False

SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "tierwright_session"
SESSION_COOKIE_AGE = 3600 * whole("SESSION_HOURS", 12, least=1)
SESSION_COOKIE_SAMESITE = "Lax"  # Strict would lose the way back from single sign-on, and every link in a mail
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "tierwright_csrf"

# Mail goes to EMAIL_HOST; where there is none it becomes files, and the pages that send it say so.
EMAIL_HOST = text("EMAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_USE_TLS = flag("EMAIL_USE_TLS", bool(EMAIL_HOST))
EMAIL_PORT = whole("EMAIL_PORT", 587 if EMAIL_USE_TLS else 25, least=1)
EMAIL_HOST_USER = text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = text("DEFAULT_FROM_EMAIL", "Tierwright <tierwright@localhost>")

# The names that Django 6 gives these, so that the move is a deletion.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],  # Bootstrap's form controls draw their marks from data: images
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'", *OIDC.origins],  # a form that leads to single sign-on is followed there
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": SECURE_CSP}

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = ["^api/"]  # the gate refuses it there, so that a client notices
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "planner.errors.forged"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_query": {"()": "planner.logs.WithoutQuery"}},
    "formatters": {
        "line": {
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
        }
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_query"]},
    },
    "root": {"handlers": ["stderr"], "level": text("LOG_LEVEL", "INFO").upper()},
    "loggers": {
        # Their own handlers would print the query, or mail somebody.
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}
