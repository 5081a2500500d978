"""Django's settings: computed from the environment and the folder of the installation.

What an operator may choose is read in `filo.core.home`; this page only says it to Django.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from psycopg.conninfo import conninfo_to_dict

from filo.core import home
from filo.project.built import built

PACKAGE = Path(__file__).resolve().parent.parent
PRODUCTION = home.production()


def _database(url: str) -> dict[str, Any]:
    given = conninfo_to_dict(url)
    named = {
        "NAME": "dbname",
        "USER": "user",
        "PASSWORD": "password",
        "HOST": "host",
        "PORT": "port",
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{name: str(given.pop(key, "") or "") for name, key in named.items()},
        "OPTIONS": {**given, "pool": {"min_size": 1, "max_size": 8, "timeout": 5}},
    }


# --- the house ---------------------------------------------------------------

# A trace in the browser shows the inside of the house: never in production.
DEBUG = os.environ.get("FILO_DEBUG") == "1" and not PRODUCTION
SECRET_KEY = home.secret("django").hex() if home.key_file().exists() else secrets.token_hex()
ROOT_URLCONF = "filo.project.urls"
ASGI_APPLICATION = "filo.project.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": _database(home.database_url())}
# In production FILO_ORIGIN names the one address that people use.
ORIGIN = home.origin()
FILES_ORIGIN = home.files_origin()
_HOSTS = {address.split("://", 1)[-1].rsplit(":", 1)[0] for address in (ORIGIN, FILES_ORIGIN)}
ALLOWED_HOSTS = sorted(_HOSTS) if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]

PARTS = [
    "core",
    "staff",
    "customers",
    "channels",
    "conversations",
    "outbound",
    "intake",
    "routing",
    "live",
    "api",
    "desk",
    "portal",
]
INSTALLED_APPS = [
    *[f"filo.{part}" for part in PARTS if built(f"filo.{part}")],
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "lucide",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "filo.project.privacy.kept_nowhere",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "filo.staff.login.speaks_their_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ]
        },
    }
]

# The desk shows what the journal could not understand; they are neighbours in the tower.
JOURNAL = "filo.intake"

# --- words, time, files ------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("it", "Italiano")]
LANGUAGE_COOKIE_NAME = "filo_language"
STATIC_URL = "static/"
STATIC_ROOT = home.home() / "static" if PRODUCTION else None
MEDIA_ROOT = home.media_root()
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "filo.project.hashed.HashedFiles"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- who comes in ------------------------------------------------------------

if built("filo.staff.models"):
    AUTH_USER_MODEL = "staff.Staff"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "filo.staff.login.Adapter"
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "filo.staff.login.SecondFactor"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_ISSUER = "Filo"

# --- what the browser may do -------------------------------------------------

# Cookies do not know ports: two installations on one machine need two names.
SESSION_COOKIE_NAME = "__Host-filo" if PRODUCTION else f"filo_session_{home.port()}"
CSRF_COOKIE_NAME = "__Host-filo-csrf" if PRODUCTION else f"filo_csrf_{home.port()}"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_TRUSTED_ORIGINS = [ORIGIN]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_SSL_REDIRECT = False  # the proxy's work; the port itself is bound to loopback
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:", FILES_ORIGIN],
        "media-src": [SELF, "blob:", FILES_ORIGIN],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
# A composer sends files in pieces of its own; a form of ours is small.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

# --- what the house says of itself -------------------------------------------

LOGGING_CONFIG = None
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
# In the database: a limit of logins that each process counted for itself would be none.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
    }
}
SILENCED_SYSTEM_CHECKS: list[str] = []
