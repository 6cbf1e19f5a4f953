"""Shared hosting: the two files of a folder, for sites at the top of a name and below a path."""

from __future__ import annotations

from tests.topology.components.rendered import SITE, cluster, file_of, text_of, tier
from tests.topology.components.staging import placed_in
from topology.components import get

HOSTING = get("shared_hosting")
BLOG = {"name": "blog", "domains": ["www.example.com"], "path": "/blog/", "app": {
    "wsgi": "blog.entry:app", "settings": "blog.conf", "directory": "/srv/blog/code"}}  # fmt: skip
ACCOUNT = cluster(tier("account", [{"shared_hosting": {"processes": 3}}, "sqlite"]), sites=(SITE, BLOG))


def test_the_program_is_executable_and_nothing_is_restarted() -> None:
    script = file_of(ACCOUNT, "account1", "/srv/newspaper/public_html/newspaper.fcgi")

    assert (script.mode, script.action, script.unit) == (0o755, "none", "")
    assert script.text.startswith("#!/srv/newspaper/venv/bin/python\n")


def test_a_site_below_a_path_has_its_own_base_and_prefix() -> None:
    assert "\nRewriteBase /blog/\n" in text_of(ACCOUNT, "account1", "/srv/blog/public_html/.htaccess")

    script = text_of(ACCOUNT, "account1", "/srv/blog/public_html/blog.fcgi")
    assert 'environ["SCRIPT_NAME"] = "/blog"' in script
    assert "from blog.entry import app as site" in script


def test_it_is_one_web_server_with_the_processes_of_all_sites() -> None:
    [endpoint] = HOSTING.endpoints(placed_in(ACCOUNT, HOSTING)[0])

    assert (endpoint.service, endpoint.slots, endpoint.processes) == ("web", 6, 6)


def test_no_preparation_needs_root() -> None:
    lines = [line for does in HOSTING.preparations(placed_in(ACCOUNT, HOSTING)[0]) for line in does.lines]

    assert lines
    assert not any(word in line for line in lines for word in ("chown", "install -o", "systemctl", "sudo", "/etc/"))
