"""The application on MongoDB, with the official django-mongodb-backend."""

from __future__ import annotations

from settings import base
from settings.base import *  # noqa: F403
from settings.database_url import url

BACKEND = "mongodb"
# The driver reads the URL itself: it may name several servers, or be a mongodb+srv:// one.
URL = url("MONGODB_URL", "mongodb", "mongodb+srv")
OPTIONS = {} if "serverSelectionTimeoutMS=" in URL else {"serverSelectionTimeoutMS": 3000}
DATABASES = {"default": {"ENGINE": "backends.mongodb", "HOST": URL, "OPTIONS": OPTIONS}}
DATABASE_ROUTERS = ["django_mongodb_backend.routers.MongoRouter"]

DEFAULT_AUTO_FIELD = "django_mongodb_backend.fields.ObjectIdAutoField"
OWN_KEYS = {"admin": "Admin", "auth": "Auth", "contenttypes": "ContentTypes"}
APPS = {f"django.contrib.{app}": f"backends.mongodb.apps.{c}" for app, c in OWN_KEYS.items()}
APPS["myproject.apps.Admin"] = APPS["django.contrib.admin"]
INSTALLED_APPS = [APPS.get(app, app) for app in base.INSTALLED_APPS]
MIGRATION_MODULES = {app: f"backends.mongodb.migrations.{app}" for app in OWN_KEYS}

# MongoDB has no CHECK constraints: the API and the admin enforce the rules, see docs/mongodb.md.
SILENCED_SYSTEM_CHECKS = [*base.SILENCED_SYSTEM_CHECKS, "models.W027"]
