"""What has to be on every server is on every server: the time, rotation of logs, monitoring; and databases are saved.

The one server that nobody watches is the one that fails unseen; the one whose log is not rotated is the one whose disk
fills; the one with another time is the one whose sessions end at once. A replica is no backup: it copies a deletion
within milliseconds.

Write what is missing into the plan; take a finding on where something outside the plan does it.
"""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of
from topology.components import read_unit


class EverythingCovered(Check):
    """Time, logs, monitoring and backups against the servers and what runs on them."""

    title = "Time, logs, monitoring and backups leave nothing out"
    rules = ("R43",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Server by server."""
        yield from self._time(sight)
        yield from self._logs(sight)
        yield from self._watched(sight)
        yield from self._saved(sight)
        yield from self._pid_files(sight)

    def _time(self, sight: Sight) -> Iterator[Finding]:
        for host, roles in sight.cluster.by_host.items():
            if not any(target.service == "time" for role in roles for target in sight.reading(role).targets):
                says = f"nothing on {host} asks anybody for the time."
                yield self.finding(f"{host} time", says, "Let chrony keep it, or take this on.", level="warning")

    def _logs(self, sight: Sight) -> Iterator[Finding]:
        for roles in sight.cluster.by_host.values():
            rotated = [pattern for role in roles for pattern in sight.reading(role).rotates]
            for role in roles:
                for log in sight.reading(role).logs:
                    if log.startswith("/var/") and not any(fnmatch.fnmatchcase(log, one) for one in rotated):
                        yield self.finding(
                            f"{place_of(role)} {log}",
                            f"it writes {log}, and nothing rotates that file.",
                            "Name the file in `also` of logrotate, or write logrotate's file anew.",
                        )

    def _watched(self, sight: Sight) -> Iterator[Finding]:
        asked = [one for _, reading in sight.readings() for one in reading.scrapes]
        if not asked:
            says = "nobody watches the servers of this plan."
            fix = "Add the role prometheus to a server, or take this on where a service outside watches them."
            yield self.finding("plan monitoring", says, fix, level="advice")
            return
        for target, times in Counter(asked).items():
            if times > 1:
                yield self.finding(
                    f"plan {target}", f"{target} is asked {times} times.", "Ask it once.", level="warning"
                )
        addresses = {target.rpartition(":")[0] for target in asked}
        for host in sight.design.hosts:
            if host.address not in addresses:
                says = f"{host.name} is not among those that the monitoring asks."
                yield self.finding(f"{host.name} monitoring", says, "Write the monitoring's file anew from the bundle.")

    def _saved(self, sight: Sight) -> Iterator[Finding]:
        saved: set[str] = set()
        for placed, reading in sight.readings():
            saved |= {
                placed.host.name if one == "local" else sight.host_at(placed, one) or one for one in reading.backs_up
            }
        databases = sight.offering("sql")
        for placed in databases if not saved.intersection(one.host.name for one in databases) else ():
            says = f"nothing in this plan saves the database of {placed.host.name}."
            fix = "Add a role that makes backups, or take this on where something outside does."
            yield self.finding(f"{place_of(placed)} backup", says, fix, level="advice")

    def _pid_files(self, sight: Sight) -> Iterator[Finding]:
        """A unit that waits for another file than the program writes takes a running program for a dead one."""
        for host, roles in sight.cluster.by_host.items():
            written = {_plain(one) for role in roles if (one := sight.reading(role).pid_file)}
            for path, text in sight.texts[host].items():
                for pid_file in read_unit(text).get("Service.PIDFile", ()) if path.endswith(".service") else ():
                    if _plain(pid_file) not in written:
                        says = f"{path} waits for {pid_file}, and no program there is told to write it."
                        yield self.finding(f"{host} {path}", says, "Write the same path into both.")


def _plain(path: str) -> str:
    return path.replace("/var/run/", "/run/")


CHECK = EverythingCovered()
