"""What an ASGI server runs. DJANGO_SETTINGS_MODULE (settings.NAME) says on which backend."""

from __future__ import annotations

from django.core.asgi import get_asgi_application

application = get_asgi_application()
