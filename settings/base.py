"""Settings that all backends share. Each backend's own settings are in settings/NAME.py."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from settings.environment import (
    allowed_hosts,
    api_tokens,
    flag,
    log_level,
    require,
    secret_key,
)

ROOT = Path(__file__).resolve().parents[1]
# DEPLOY=1: reachable by others. `make serve` sets it for any address but loopback.
DEPLOY = flag("DEPLOY")
if DEPLOY:
    require("SECRET_KEY", "ALLOWED_HOSTS", "API_TOKENS")

DEBUG = False
SECRET_KEY = secret_key(deployed=DEPLOY)
ALLOWED_HOSTS = allowed_hosts(deployed=DEPLOY)
# Token → name of the client that sends it as `Authorization: Bearer TOKEN`. If it is empty, no
# token is required.
API_TOKENS = api_tokens(shortest=16 if DEPLOY else 1)

INSTALLED_APPS = [
    "bank",
    "django_htmx",  # serves htmx from this server instead of from a CDN
    "ninja",  # serves the scripts of /docs from this server instead of from a CDN
    "myproject.apps.Admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

# Requests pass through one of two stacks (myproject/stacks.py): those of the API through the first.
API_MIDDLEWARE = [
    "bank.middleware.request_log.RequestLog",
    "bank.middleware.request_deadline.RequestDeadline",
    "bank.middleware.security_headers.SecurityHeaders",
    "bank.middleware.problem_details.ProblemDetails",
    "bank.middleware.optional_slash.OptionalSlash",
    "myproject.hosts.AllowedHosts",
]
# The part of API_MIDDLEWARE that is also for the pages' calls of the API in this process: what the
# rest of it does, the pages' own middleware has done.
API_CALL_MIDDLEWARE: list[str] = []
API_URLCONF = "bank.api.urls"
SITE = ("/admin", "/static/", "/shop/")  # the paths of the other stack, beside / itself
MIDDLEWARE = [
    "bank.middleware.request_log.RequestLog",
    "bank.middleware.request_deadline.RequestDeadline",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "bank.middleware.problem_details.ProblemDetails",
    "bank.middleware.optional_slash.OptionalSlash",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "myproject.hosts.AllowedHosts",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "myproject.urls"
WSGI_APPLICATION = "myproject.wsgi.application"
ASGI_APPLICATION = "myproject.asgi.application"
APPEND_SLASH = False  # a redirect turns a POST into a GET; OptionalSlash answers both forms

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bank.pages.context.backend",
            ]
        },
    }
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# The type of all generated keys. MongoDB's is another, so no model, migration, URL or JSON schema
# assumes an integer.
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The report of the last `make matrix`, which the page at / shows.
MATRIX_REPORT = ROOT / "build" / "matrix.html"

TIME_ZONE = "UTC"
USE_TZ = True
LANGUAGE_CODE = "en-us"

STATIC_URL = "/static/"
# Static files are served from their packages: no collectstatic before a start.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# A deployed application is behind a proxy that terminates TLS and sets X-Forwarded-Proto.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if DEPLOY else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if DEPLOY else 0
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # only the owner of a domain knows whether its sub-domains have TLS too
    "security.W008",  # the proxy redirects to HTTPS; a redirect here would turn a POST into a GET
    "security.W021",  # only the owner of a domain can decide to put it on the browsers' HSTS list
]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = DEPLOY
CSRF_FAILURE_VIEW = "bank.pages.errors.form_refused"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes of a request body
# How long the response to a request with an Idempotency-Key is stored, and returned for repeats.
IDEMPOTENCY_KEY_LIFETIME = timedelta(days=2)
# Seconds from the arrival of a request; then its waiting for a thread, its retries and its database
# calls end, and the response is a 503 with Retry-After. It must be more than 2 seconds, the connect
# timeout of backends/time_limit.py.
REQUEST_DEADLINE = 5.0
# Timeouts of the server in sessions made by requests, in milliseconds. Waiting for a lock ends
# earlier than the request, so that there is time for a retry.
SERVER_LIMITS = {
    "statement_timeout": int(REQUEST_DEADLINE * 1000),
    "lock_timeout": 2000,
    "idle_in_transaction_session_timeout": int(REQUEST_DEADLINE * 1000),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request": {"()": "bank.middleware.request_log.AddRequestId"},
        "one_line": {"()": "bank.middleware.request_log.OneLineRefusals"},
        "not_503": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: getattr(record, "status_code", 500) != 503,
        },
    },
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request", "one_line"],
        }
    },
    # INFO: a line per request. DEBUG: also every SQL statement with its time.
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "bank": {"level": log_level()},
        # 4xx is not logged, because clients cause it; 503 is logged by bank.request_log.
        "django.request": {"level": "ERROR", "filters": ["not_503"]},
    },
}
