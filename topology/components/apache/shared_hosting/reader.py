"""Reads the folder of a site back; nearly everything else about this server is the provider's."""

from __future__ import annotations

import re

from topology.components.apache.shared_hosting.files import htaccess_of
from topology.components.base import Placed
from topology.components.reading import Reading, Texts

_UPLOAD = re.compile(r"%\{HTTP:Content-Length\} -gt (\d+)")


def read(placed: Placed, texts: Texts) -> Reading:
    """The least upload limit of the sites: their `.htaccess` says no more that others lean on."""
    written = (_UPLOAD.search(texts.get(htaccess_of(site), "")) for site in placed.cluster.sites)
    return Reading(upload_bytes=min((int(found[1]) for found in written if found), default=None))
