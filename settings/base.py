"""Settings that every backend shares. What a backend adds is in the module of its name."""

from __future__ import annotations

from datetime import timedelta

from settings.environment import (
    allowed_hosts,
    api_tokens,
    flag,
    log_level,
    require,
    secret_key,
)

# DEPLOY=1: reachable by others. `make serve` sets it for any address but loopback.
DEPLOY = flag("DEPLOY")
if DEPLOY:
    require("SECRET_KEY", "ALLOWED_HOSTS", "API_TOKENS")

DEBUG = False
SECRET_KEY = secret_key(deployed=DEPLOY)
ALLOWED_HOSTS = allowed_hosts(deployed=DEPLOY)
# Who sends one of these as `Authorization: Bearer TOKEN` may call, and is the client of this name;
# empty: everybody may.
API_TOKENS = api_tokens(shortest=16 if DEPLOY else 1)

INSTALLED_APPS = [
    "bank",
    "ninja",  # serves the docs page's scripts from here instead of from a CDN
    "myproject.apps.Admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "bank.middleware.request_log.RequestLog",
    "bank.middleware.request_deadline.RequestDeadline",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "bank.middleware.problem_details.ProblemDetails",
    "bank.middleware.optional_slash.OptionalSlash",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "myproject.hosts.AllowedHosts",
    "myproject.admin_only.Session",
    "myproject.admin_only.Csrf",
    "myproject.admin_only.Authentication",
    "myproject.admin_only.Message",
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

# The type of every key the database makes by itself. MongoDB has another one, so nothing in
# models, migrations, URLs or JSON says "integer".
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TIME_ZONE = "UTC"
USE_TZ = True
LANGUAGE_CODE = "en-us"

STATIC_URL = "/static/"
# Found where the packages keep them: nothing to collect before a start.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# A proxy that ends TLS and sets X-Forwarded-Proto stands before a deployed application.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if DEPLOY else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if DEPLOY else 0
SILENCED_SYSTEM_CHECKS = [
    "security.W003",  # it looks for CsrfViewMiddleware by name; ours is a subclass, for the admin
    "security.W005",  # whether its sub-domains have TLS too, only the owner of a domain knows
    "security.W008",  # the proxy redirects: here it would turn a POST into a GET
    "security.W021",  # nor is it ours to put the domain on the browsers' list
]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = DEPLOY
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes of a request body
# The answer to a request with an Idempotency-Key is kept, and replayed, so long.
IDEMPOTENCY_KEY_LIFETIME = timedelta(days=2)
# Seconds from the arrival of a request to its answer, as far as queues and the database are
# concerned; then it is a 503 with Retry-After. More than 2: so long connecting may take.
REQUEST_DEADLINE = 5.0
# What the server itself does about it in sessions made by requests, in milliseconds. A lock is
# given up earlier, so that there is time to try again.
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
    # INFO: a line per request. DEBUG: every SQL statement with its time as well.
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "bank": {"level": log_level()},
        # A 404 is its client's business, a 500 is ours; of a 503 bank.request_log has the line.
        "django.request": {"level": "ERROR", "filters": ["not_503"]},
    },
}
