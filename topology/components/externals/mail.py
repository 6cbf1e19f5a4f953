"""A mail relay that others run, to which the sites hand what they send.

Use it rather than a mail server of one's own beside the site: what a fresh address sends is mostly taken for junk.
Django is told its name and port; where it asks for a password, the site's own settings say so.
"""

from __future__ import annotations

from topology.components.base import Component


class MailRelay(Component):
    """A mail relay."""

    name = "mail_relay"
    title = "Mail relay"
    roles = {}  # noqa: RUF012
    packages = {}  # noqa: RUF012
    externals = {"smtp": "a mail relay that others run, for what the sites send"}  # noqa: RUF012


COMPONENT = MailRelay()
