"""Rotation of the logs that no package rotates by itself, so that no log fills a disk.

It is on every server by itself. nginx, Apache, HAProxy, PostgreSQL and most others bring a rule with their package,
and the journal keeps itself small: those are left alone. What remains are files of programs without a rule, and the
site's own, which you name in `also`; a server without any gets no file. Files are copied and emptied, since not every
program opens its log anew when it is told to: a line written in that moment may be lost.
The version of Ubuntu 24.04 was not started here.
"""

from __future__ import annotations

from topology.components.base import EVERY_HOST, Component, ConfigFile, Log, Placed, Sizing, Trouble, Validator
from topology.components.logrotate.boot import ANSWER, boot
from topology.components.logrotate.files import PATH, read, text_of
from topology.components.logrotate.settings import LogrotateSettings, size
from topology.components.logrotate.validate import check
from topology.components.reading import Reading, Texts


class Logrotate(Component):
    """Rotation of logs."""

    name = "logrotate"
    title = "logrotate"
    roles = {"logrotate": "keeps logs small, on every server"}  # noqa: RUF012
    packages = {"debian12": "3.21.0", "ubuntu2404": "3.21.0"}  # noqa: RUF012
    package = "logrotate"
    settings = LogrotateSettings
    implied_by = frozenset({EVERY_HOST})
    evidence = "booted"
    answer = ANSWER
    logs = (Log(path="journal: logrotate.service", says="files that could not be rotated, and why"),)
    troubles = (
        Trouble(
            sees="a log grows on although it is named",
            does="`logrotate -d /etc/logrotate.d/tierwright` says what it would do: most often the directory may be"
            " written by others than root, and logrotate then leaves it alone.",
        ),
    )
    validator = Validator(
        program="logrotate",
        package="logrotate",
        says="logrotate -d /etc/logrotate.d/tierwright, `error:` is a refusal; its logs held against the plan",
        check=check,
        boot=boot,
    )

    def size(self, placed: Placed) -> Sizing:
        """How long logs are kept."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """/etc/logrotate.d/tierwright; none where every log has a rule of its package."""
        sized, text = size(placed), text_of(placed)
        if not text:
            return ()
        return (ConfigFile(path=PATH, text=text, action="none", reasons=sized.reasons),)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What is rotated here, by the file and by the packages' own rules."""
        return read(texts)


COMPONENT = Logrotate()
