"""The admin under /admin/, and the REST API at the root, where the tutorial has it."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from bank.api.routes import api

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", api.urls),
]
