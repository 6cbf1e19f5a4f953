"""Runs tasks in a thread of this process, one after the other: what a site of one process needs, and no more."""

from __future__ import annotations

import os
import threading
from collections import deque
from typing import Any

from django.db import connections
from django_tasks import TaskResult
from django_tasks.backends.immediate import ImmediateBackend
from django_tasks.exceptions import TaskResultDoesNotExist


class ThreadBackend(ImmediateBackend):
    """A backend for django-tasks that needs no other program.

    What is queued lives in memory: it ends with the process. Nothing is deferred.
    """

    supports_get_result = True

    def get_result(self, result_id: str) -> TaskResult[Any]:
        """A task that waits or runs in this process; of others nothing is known."""
        found = _line().find(result_id)
        if found is None:
            raise TaskResultDoesNotExist(result_id)
        return found

    def _execute_task(self, task_result: TaskResult[Any]) -> None:
        _line().put(self, task_result)

    def run(self, task_result: TaskResult[Any]) -> None:
        """Run a task to its end; what it raises is logged and kept in the result."""
        super()._execute_task(task_result)


class _Line:
    """Tasks that wait for the one thread, which lives while there are any."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self._lock = threading.Lock()
        self._waiting: deque[tuple[ThreadBackend, TaskResult[Any]]] = deque()
        self._known: dict[str, TaskResult[Any]] = {}
        self._at_work = False

    def put(self, backend: ThreadBackend, result: TaskResult[Any]) -> None:
        with self._lock:
            self._waiting.append((backend, result))
            self._known[result.id] = result
            start = not self._at_work
            self._at_work = True
        if start:
            threading.Thread(target=self._work, name="tasks", daemon=True).start()

    def find(self, result_id: str) -> TaskResult[Any] | None:
        with self._lock:
            return self._known.get(result_id)

    def _work(self) -> None:
        while (following := self._next()) is not None:
            backend, result = following
            try:
                backend.run(result)
            finally:
                connections.close_all()
                with self._lock:
                    del self._known[result.id]

    def _next(self) -> tuple[ThreadBackend, TaskResult[Any]] | None:
        with self._lock:
            self._at_work = bool(self._waiting)
            return self._waiting.popleft() if self._waiting else None


_lines: list[_Line] = []


def _line() -> _Line:
    """This process's line: after a fork the parent's thread is not there, so its line is of no use."""
    if not _lines or _lines[-1].process != os.getpid():
        _lines[:] = [_Line()]
    return _lines[-1]
