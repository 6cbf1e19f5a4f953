"""The WSGI entry point: `gunicorn planner.wsgi`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from planner.uploads import sweep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")

application = get_wsgi_application()

sweep()  # what died with the last process leaves nothing behind
