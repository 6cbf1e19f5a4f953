"""Rehearsal: a bundle started for real on this one machine, every host in namespaces of its own, and then asked.

Each host is started from its exported files alone: its units are read as systemd reads them, its preparations are
done with throw-away secrets, and the public stands outside of the private network, before the real firewall.
"""

from __future__ import annotations
