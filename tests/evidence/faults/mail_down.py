"""The mail server does not answer: notices stay unmailed, and go out once it does."""

from __future__ import annotations

import socket
import threading
from contextlib import closing
from io import BufferedRWPair
from pathlib import Path

from tests.evidence.faults._outcome import Outcome
from tests.load.scene import Prepared, scene
from tests.load.site import free_port, manage

UNMAILED = "SELECT count(*) FROM planner_notice WHERE mailed_at IS NULL"


def drill(data: Prepared, folder: Path) -> Outcome:
    """Tell while nobody listens, then once somebody does."""
    port = free_port()
    mail = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(port), "EMAIL_USE_TLS": "0"}
    with scene(data, folder, more=mail) as found:
        with closing(found.database()) as connection:
            connection.execute("UPDATE planner_notice SET mailed_at = NULL, seen_at = NULL")
        [(waiting,)] = found.said(UNMAILED)
        person = found.person()
        person.comment()
        down = manage(found.site.variables, "tell", check=False)
        [(still,)] = found.said(UNMAILED)
        with Receiver(port) as receiver:
            up = manage(found.site.variables, "tell", check=False)
        [(left,)] = found.said(f"{UNMAILED} AND created_at < datetime('now', '-20 minutes')")
    passed = person.last.status == 302 and still >= waiting > 0 and left == 0 and receiver.mails > 0
    return Outcome(
        fault="mail server down",
        did=f"`manage.py tell` with {waiting} notices to mail and nobody at the port; then with somebody there",
        found=(
            f"a comment is taken meanwhile ({person.last.status}); “{down.stdout.strip()}”, {still} stay unmailed;"
            f" then “{up.stdout.strip()}”, {receiver.mails} mails arrived, {left} old notices left"
        ),
        passed=passed,
    )


class Receiver:
    """As much of a mail server as it takes to be handed mails, one connection after the other."""

    def __init__(self, port: int) -> None:
        self.mails = 0
        self._socket = socket.create_server(("127.0.0.1", port))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(timeout=10)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as lines:
                self._talk(lines)

    def _talk(self, lines: BufferedRWPair) -> None:
        in_mail = False
        _say(lines, b"220 here")
        for line in lines:
            if in_mail:
                in_mail = line.strip() != b"."
                self.mails += not in_mail
                if not in_mail:
                    _say(lines, b"250 taken")
                continue
            word = line[:4].upper().strip()
            in_mail = word == b"DATA"
            _say(lines, {b"DATA": b"354 go on", b"QUIT": b"221 bye"}.get(word, b"250 fine"))
            if word == b"QUIT":
                return


def _say(lines: BufferedRWPair, text: bytes) -> None:
    lines.write(text + b"\r\n")
    lines.flush()
