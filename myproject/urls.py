"""The pages at / and /shop/, the admin, and the REST API, where the tutorial has it."""

from __future__ import annotations

from django.apps import apps
from django.contrib import admin
from django.urls import include, path

from bank.api.routes import api

handler400 = "bank.pages.errors.bad_request"
handler403 = "bank.pages.errors.forbidden"
handler404 = "bank.pages.errors.not_found"
handler500 = "bank.pages.errors.failed"

# Before the pages of the bank, of which one has the address shop/ANYTHING/.
of_versions = ["versioning.pages.urls"] if apps.is_installed("versioning") else []

urlpatterns = [
    path("admin/", admin.site.urls),
    *(path("shop/", include(urls)) for urls in of_versions),
    path("", include("bank.pages.urls")),
    path("", api.urls),
]
