"""What each program accepts though it is wrong: every known gap has a case that our own look refuses.

The cases are files of the components' folders, and test_validators.py runs each of them against the real program.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.conftest import ROOT

COMPONENTS = ROOT / "topology" / "components"


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A program, what it passes over, and the cases that show it caught: folder and name."""

    program: str
    accepts: str
    cases: tuple[str, ...] = ()
    why_none: str = ""
    """Why there is no case: no bundle has such a file."""


GAPS = (
    Gap(program="haproxy -c", accepts="no timeout server", cases=("haproxy/timeout_missing",)),
    Gap(
        program="nginx -t",
        accepts="a root that is not there; proxy_read_timeout 0",
        cases=("nginx/folder_not_there", "nginx/no_time_to_wait"),
    ),
    Gap(
        program="apache2 -t",
        accepts="an absent WSGI script and python-home; missing mime.types; a typo in .htaccess",
        cases=(
            "apache/mod_wsgi/script_missing",
            "apache/mod_wsgi/home_missing",
            "apache/mod_python/types_missing",
            "apache/media/types_missing",
            "apache/shared_hosting/directive_misspelt",
        ),
    ),
    Gap(
        program="lighttpd -tt",
        accepts="an unknown key; a bad key of fastcgi.server",
        cases=("lighttpd/fastcgi/key_unknown", "lighttpd/fastcgi/subkey_unknown"),
    ),
    Gap(
        program="postgres -C",
        accepts="shared_buffers beyond memory; wal_level minimal with senders; a broken pg_hba.conf",
        cases=("postgresql/cache_beyond_memory", "postgresql/wal_without_replicas", "postgresql/method_unknown"),
    ),
    Gap(program="named-checkconf", accepts="bad data of a zone", cases=("bind9/zone_broken",)),
    Gap(program="gunicorn --check-config", accepts="an unknown setting", cases=("gunicorn/setting_unknown",)),
    Gap(
        program="uwsgi",
        accepts="an unknown key unless strict; SIGTERM passed over unless die-on-term",
        cases=("uwsgi/option_unknown", "uwsgi/not_strict", "uwsgi/stays_on_term"),
    ),
    Gap(program="pgpool", accepts="an unknown key", cases=("pgpool/key_unknown",)),
    Gap(program="pgbouncer", accepts="an auth_file that is not there", cases=("pgbouncer/users_elsewhere",)),
    Gap(
        program="systemd-analyze verify",
        accepts="an unknown key",
        cases=("gunicorn/unit_key_unknown", "uvicorn/unit_key_unknown", "flup/unit_key_unknown"),
    ),
    Gap(program="logrotate -d", accepts="a bad directive", cases=("logrotate/directive_misspelt",)),
    Gap(
        program="keepalived -t",
        accepts="nothing, but only where the interface is",
        cases=("keepalived/other_interface",),
    ),
    Gap(
        program="ansible-playbook --syntax-check",
        accepts="a bad argument of a module",
        why_none="no bundle holds a playbook",
    ),
    Gap(
        program="redis-sentinel",
        accepts="its own file, which it writes over",
        why_none="no bundle holds a sentinel: a replica is promoted by a person",
    ),
)


def test_every_program_of_the_list_is_there_once() -> None:
    assert len({gap.program for gap in GAPS}) == 15


@pytest.mark.parametrize("gap", GAPS, ids=lambda gap: gap.program)
def test_a_gap_has_a_case_that_is_refused_or_says_why_there_is_none(gap: Gap) -> None:
    assert bool(gap.cases) != bool(gap.why_none)
    for case in gap.cases:
        folder, _, name = case.rpartition("/")
        assert (COMPONENTS / folder / "cases" / "bad" / f"{name}.yaml").is_file(), case
