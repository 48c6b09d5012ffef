"""The URLs of the API alone, in which its own requests are looked up (settings.API_URLCONF)."""

from __future__ import annotations

from bank.api.routes import api

urlpatterns, app_name, namespace = api.urls
