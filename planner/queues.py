"""Who works on tasks: the backends by what TIERWRIGHT_TASKS may say, and the queue of Redis, as Django has them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

TASK_BACKENDS = {
    "process": "topology.background.ThreadBackend",
    "database": "django_tasks_db.DatabaseBackend",
    "redis": "django_tasks_rq.RQBackend",
}


def task_backend(kind: str) -> dict[str, Any]:
    """Who works on tasks: a thread of this process, workers that ask the database, or workers that ask Redis."""
    if kind not in TASK_BACKENDS:
        raise ImproperlyConfigured(f"TIERWRIGHT_TASKS is {kind!r}; use {', '.join(TASK_BACKENDS)}.")
    return {"default": {"BACKEND": TASK_BACKENDS[kind], "QUEUES": ["default"]}}


def redis_queue(url: str) -> dict[str, Any]:
    """The queue at `url` for django-rq; a task may take as long as it takes, since it says that it lives."""
    from redis import ConnectionPool  # only who uses Redis pays for loading it

    try:
        found = ConnectionPool.from_url(url).connection_kwargs  # it reads the address and connects to nothing
    except (ValueError, IndexError):
        found = {}
    if not {"host", "path"} & found.keys():
        raise ImproperlyConfigured(
            "TIERWRIGHT_TASKS is 'redis', so REDIS_URL should say where it is: redis://host:6379/0, rediss://host/0"
            " or unix:///path/to/socket."
        )
    return {"default": {"URL": url, "DEFAULT_TIMEOUT": -1}}
