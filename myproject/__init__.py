"""The Django project: URLs and the server entry points.

Every server imports this before an entry point, so DJANGO_SETTINGS_MODULE may be left out: then
BACKEND names the backend, as for manage.py.
"""

from __future__ import annotations

import settings

settings.choose()
