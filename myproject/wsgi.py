"""What a WSGI server runs. DJANGO_SETTINGS_MODULE (settings.NAME) says on which backend."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
