"""What every Apache says and where, and what goes wrong with each."""

from __future__ import annotations

from topology.components.base import Log, Trouble

ERRORS, ACCESS = "/var/log/apache2/error.log", "/var/log/apache2/access.log"
LOGS = (
    Log(path=ERRORS, says="what Apache itself says: starts, stops, files that it may not read, limits reached"),
    Log(path=ACCESS, says="every request, with its microseconds at the end of the line; it feeds the next forecast"),
    Log(path="journal: apache2.service", says="why it did not start"),
)
START = Trouble(
    sees="Apache does not start",
    does="`apache2 -t -f /etc/apache2/apache2.conf` names the line. It does not see a port that is taken: `ss -ltnp`.",
)
FORBIDDEN = Trouble(
    sees="403 for a file that is there",
    does="www-data must be able to pass every folder above it: `namei -l PATH` shows the one that is closed.",
)
STRANGER = Trouble(
    sees="404 for every page of a domain",
    does="The domain is none of the plan's, so the first virtual host, for strangers, took it: add it to the site's"
    " domains.",
)
FULL = Trouble(
    sees="`server reached MaxRequestWorkers setting` in the error log",
    does="Every place is taken. Look in the access log for what takes long before the number is raised: more places"
    " are no help where the database is slow, and cost memory.",
)
