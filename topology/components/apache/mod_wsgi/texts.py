"""Where mod_wsgi speaks, and what goes wrong with it."""

from __future__ import annotations

from topology.components.apache.texts import ACCESS, ERRORS, FORBIDDEN, FULL, START, STRANGER
from topology.components.base import Log, Trouble

LOGS = (
    Log(path=ERRORS, says="tracebacks of sites that could not be loaded, what code prints, daemons that ended"),
    Log(path=ACCESS, says="every request, with its microseconds at the end of the line; it feeds the next forecast"),
    Log(path="journal: apache2.service", says="why Apache did not start, or which secret it could not copy"),
)
TROUBLES = (
    START,
    Trouble(
        sees="500 for every page of a site, and `Failed to exec Python script file` in the error log",
        does="The lines below it are the traceback of its import. `No module named encodings` is an environment that"
        " is not there or was made by another Python: make /srv/SITE/venv anew with /usr/bin/python3.",
    ),
    Trouble(
        sees="500 for one page, and nothing in the error log",
        does="Django caught the error and tells it by mail to ADMINS only. Give the logger django.request a handler of"
        " the class logging.StreamHandler in LOGGING; what it writes arrives in the error log.",
    ),
    Trouble(
        sees="504 in a rush, at once for many",
        does="They waited longer for a free thread than queue-timeout; the daemons are busy. Look in the access log for"
        " what takes long, then add processes, or another server.",
    ),
    Trouble(
        sees="an answer that breaks off in the middle, and the client takes it for whole",
        does="A streamed answer of a daemon ends as if it were complete where the site fails after its first block"
        " (so it was when we started it); the error log has the traceback. Send a Content-Length where it matters.",
    ),
    Trouble(
        sees="requests are cut off with 500 three seconds after a reload",
        does="`systemctl reload apache2` leaves daemons three seconds (measured), whatever graceful-timeout says."
        " `systemctl restart apache2` leaves them the time limit of a request, by the signal of our drop-in, and takes"
        " no new ones meanwhile: take the server out of the balancer first.",
    ),
    Trouble(
        sees="changed code has no effect",
        does="It is loaded once for each daemon process. `touch /usr/local/lib/tierwright/SITE.wsgi`: each daemon"
        " starts anew at its next request, and what it has in work is answered first (a request of six seconds was).",
    ),
    FULL,
    STRANGER,
    FORBIDDEN,
)
