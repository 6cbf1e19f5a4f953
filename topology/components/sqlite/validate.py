"""Makes the directory as systemd will, and opens a database in it."""

from __future__ import annotations

from topology.components.base import Stage, Verdict

PATH = "/etc/tmpfiles.d/tierwright-sqlite.conf"
_SCRIPT = """
sed "s/ www-data www-data / - - /" "$1" >/run/validate-tmpfiles.conf
systemd-tmpfiles --create /run/validate-tmpfiles.conf || exit 1
shift
for file in "$@"; do
    python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute("create table t (n)")' "$file" || exit 1
done
"""
_BOOT = """
systemd-tmpfiles --create "$1" || exit 1
shift
for file in "$@"; do
    setpriv --reuid=www-data --regid=www-data --clear-groups python3 -c '
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as rows:
    rows.execute("pragma journal_mode = wal")
    rows.execute("create table visits (page text)")
    rows.execute("insert into visits values (?)", ("/",))
print(sqlite3.connect(sys.argv[1]).execute("select count(*) from visits").fetchone()[0], "row")' "$file" || exit 1
done
"""


def boot(stage: Stage) -> Verdict:
    """The site's user must be able to write in the directory that systemd made, journal and all."""
    files = [f"{site.root}/data/db.sqlite3" for site in stage.placed.cluster.sites]
    ran = stage.run(["sh", "-c", _BOOT, "sqlite", PATH, *files])
    written = ran.status == 0 and ran.output.split("\n")[: len(files)] == ["1 row"] * len(files)
    says = "the site's user writes a row and reads it back"
    return Verdict(accepted=written, says=says if written else ran.output.strip())


def check(stage: Stage) -> Verdict:
    """The directories must come into being, and SQLite must be able to write in each."""
    files = [f"{site.root}/data/db.sqlite3" for site in stage.placed.cluster.sites]
    ran = stage.run(["sh", "-c", _SCRIPT, "sqlite", PATH, *files])
    accepted = ran.status == 0 and "Unknown" not in ran.output and "ignoring" not in ran.output.lower()
    says = f"systemd-tmpfiles makes the directory, and SQLite opens {len(files)} database(s) in it"
    return Verdict(accepted=accepted, says=says if accepted else ran.output)
