"""The ASGI entry point, for a server that speaks ASGI."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

from planner.uploads import sweep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")

application = get_asgi_application()

sweep()  # what died with the last process leaves nothing behind
