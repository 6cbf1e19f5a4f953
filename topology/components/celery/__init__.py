"""Celery: workers that do later, and elsewhere, what no visitor should wait for, and a clock that starts jobs.

Use it where a page would else send mail, resize pictures or ask other services. Pages hand jobs to the queue, which
Redis keeps; any number of workers takes them, on servers of their own or beside the site. The clock, beat, is on one
server of the cluster: with two of them each job would be done twice. A workload says nothing of jobs, so that a
forecast counts their memory and not their CPU; give workers servers of their own where that matters.
"""

from __future__ import annotations

from topology.components.base import (
    Component,
    ConfigFile,
    Log,
    Measured,
    Memory,
    Need,
    Placed,
    Preparation,
    Sizing,
    Trouble,
    Validator,
)
from topology.components.celery.boot import boot
from topology.components.celery.cost import memory_of
from topology.components.celery.files import app_of, files_of, unit_name
from topology.components.celery.reader import reading_of
from topology.components.celery.settings import BEAT, WORKER, CelerySettings, refuse_two_clocks, size
from topology.components.celery.validate import check
from topology.components.reading import Reading, Texts
from topology.design import Site


class Celery(Component):
    """Workers and their clock."""

    name = "celery"
    title = "Celery worker and beat"
    roles = {  # noqa: RUF012
        WORKER: "does the site's jobs, which pages or the clock put into the queue",
        BEAT: "puts jobs into the queue at their time; on one server of the cluster",
    }
    offers = {WORKER: ("jobs",), BEAT: ("jobs",)}  # noqa: RUF012
    packages = {"debian12": "3.11.2", "ubuntu2404": "3.12.3"}  # noqa: RUF012
    package = "python3-venv"
    settings = CelerySettings
    evidence = "booted"
    answer = "a job through Redis: 2 + 3 = 5"
    measured = Measured(
        memory_mib=90,
        cpu_ms=2.7,
        says="a job that adds two numbers, 100 one after the other; a worker of one process, with its Redis",
    )
    validator = Validator(
        program="celery",
        package="python3-venv",
        says="the command of the unit with a queue in memory, held against the design; systemd-analyze verify",
        check=check,
        boot=boot,
    )
    logs = (
        Log(path="journal: celery-SITE.service", says="every job that was taken and done, with its time, and errors"),
        Log(path="journal: celery-beat-SITE.service", says="every job that the clock started"),
    )
    troubles = (
        Trouble(
            sees="Jobs are not done",
            does="`redis-cli -n 1 llen celery` tells how many wait. If the number grows, there are too few workers, or"
            " jobs hang: job_seconds ends them. If it is 0, the page asks another queue: see CELERY_BROKER_URL.",
        ),
        Trouble(
            sees="Received unregistered task",
            does="The worker runs older code than the site. Put the new code on all servers, then restart the worker.",
        ),
        Trouble(
            sees="A job is done twice",
            does="Two clocks, or a job that took longer than an hour, after which Redis gives it out again. A job must"
            " bear that: make it the same whether it runs once or twice.",
        ),
        Trouble(
            sees="A worker takes minutes to stop",
            does="It lets its jobs end, for job_seconds at most. Jobs of minutes are better cut into smaller ones.",
        ),
    )

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """The queue, and what the site's own code asks; raises TierwrightError where a second clock would run."""
        if placed.role.name == BEAT:
            refuse_two_clocks(placed)
        processes = 1 if placed.role.name == BEAT else size(placed)["concurrency"]
        count = processes * len(placed.cluster.sites)
        why = "starts jobs" if placed.role.name == BEAT else "takes jobs"
        return (
            Need(services=("broker",), why=why, connections=2 * count + 4),
            Need(services=("pool", "sql"), why="asks the database for jobs", connections=count, local_first=True),
            Need(services=("cache",), why="asks the cache for jobs", connections=count),
        )

    def size(self, placed: Placed) -> Sizing:
        """Processes and times."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """A unit for every site."""
        return files_of(placed)

    def app_unit(self, placed: Placed, site: Site) -> str:
        """The unit of the worker, or of the clock."""
        return unit_name(placed, site)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """Processes, times, and the clock."""
        return reading_of(placed, texts)

    def preparations(self, placed: Placed) -> tuple[Preparation, ...]:
        """The site's code, with a Celery app in it."""
        return tuple(
            Preparation(
                does=f"Put the code of {site.name} at {site.code.directory} and its packages, celery[redis] among them,"
                f" into {site.root}/venv. {app_of(site)}/celery.py holds the app, which reads its settings by"
                ' `app.config_from_object("django.conf:settings", namespace="CELERY")`.',
                lines=(
                    f"python3 -m venv {site.root}/venv",
                    f"{site.root}/venv/bin/pip install 'celery[redis]'",
                    f"install -d -o www-data -g www-data {site.root}/media",
                ),
            )
            for site in placed.cluster.sites
        )

    def memory(self, placed: Placed) -> Memory:
        """Processes, or the clock."""
        return memory_of(placed)


COMPONENT = Celery()
