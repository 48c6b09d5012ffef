"""Django's own applications with the only keys that MongoDB makes by itself.

Each of them names its key type in its AppConfig, before DEFAULT_AUTO_FIELD is asked. Their
migrations are in backends/mongodb/migrations, made by `manage.py makemigrations`.
"""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.apps import AuthConfig
from django.contrib.contenttypes.apps import ContentTypesConfig

OBJECT_ID = "django_mongodb_backend.fields.ObjectIdAutoField"


class Admin(AdminConfig):
    default_auto_field = OBJECT_ID
    default_site = "bank.administration.site.BankSite"


class Auth(AuthConfig):
    default_auto_field = OBJECT_ID


class ContentTypes(ContentTypesConfig):
    default_auto_field = OBJECT_ID
