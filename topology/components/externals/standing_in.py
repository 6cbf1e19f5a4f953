"""Starts real servers in the place of those that others run, and asks them by the settings that Django is given."""

from __future__ import annotations

from collections.abc import Sequence

from topology.components import booting, databases
from topology.components.base import Stage, Verdict
from topology.design import Site

_START = r"""
site=$1 word=throw-away
export PYTHONPATH="/etc/$1:$2" DJANGO_SETTINGS_MODULE="$3"
for external in "${@:4}"; do
    IFS=: read -r kind name port <<<"$external"
    echo "127.0.0.1 $name" >>/etc/hosts
    case $kind in
    postgresql)
        make_postgres /var/lib/postgresql/elsewhere --auth-host=scram-sha-256
        start_postgres /run/said -D /var/lib/postgresql/elsewhere -c port="$port" -c listen_addresses=127.0.0.1
        add_site "$site" --host=/run/postgresql --port="$port" ;;
    mysql)
        start_mariadb /var/lib/mysql-elsewhere /run/mysqld/elsewhere.sock /run/said --no-defaults --port="$port" \
            --bind-address=127.0.0.1
        echo "create database $site; grant all on $site.* to '$site'@'%' identified by '$word'" |
            mariadb --no-defaults --socket=/run/mysqld/elsewhere.sock ;;
    redis) redis-server --bind 127.0.0.1 --port "$port" --requirepass "$word" --save '' >/run/redis 2>&1 & ;;
    memcached) memcached -u memcache -l 127.0.0.1 -p "$port" & ;;
    esac
done
"""
_ASK = r"""
externals = [external.split(":") for external in sys.argv[4:]]
kinds = {kind for kind, _, _ in externals}
for _, name, port in externals:
    wait_port(name, port)
import django
django.setup()
from django.core.cache import caches
from django.db import connection
if kinds & {"postgresql", "mysql"}:
    from django.contrib.auth.models import User
    from django.core.management import call_command
    call_command("migrate", verbosity=0)
    User.objects.create_user("alice")
    print(f"{connection.vendor} elsewhere: migrated, {User.objects.get().username} is in it")
    measured(User.objects.get, 200, "a row by Django, the database's own")
if kinds & {"redis", "memcached"}:
    cache = caches["default"]
    cache.set("page", "kept elsewhere")
    print(f"{type(cache).__name__}: {cache.get('page')}")
    measured(lambda: cache.get("page"), 500, "a look-up")
"""


def nothing_to_check(stage: Stage) -> Verdict:
    """What others run has no file here."""
    return Verdict(accepted=True, says="no file is written for it")


def answered(stage: Stage, *expects: str) -> Verdict:
    """Django, by its own settings of this plan, asks servers that stand in for those of the plan's externals."""
    cluster, site = stage.placed.cluster, stage.placed.cluster.sites[0]
    settings = scaffold_settings(stage, site, apps=("django.contrib.contenttypes", "django.contrib.auth"))
    externals = [f"{external.kind}:{external.endpoint}" for external in cluster.design.externals]
    words = [site.database, site.code.directory, settings, *externals]
    start = databases.POSTGRESQL + databases.MARIADB + _START
    return booting.boot(stage, start=start, ask=_ASK, expects=expects, words=words)


def scaffold_settings(stage: Stage, site: Site, *, apps: Sequence[str] = ()) -> str:
    """A site whose settings are the plan's, with throw-away secrets; the module of its settings."""
    settings = site.code.settings.partition(":")[0]
    text = f"INSTALLED_APPS = {list(apps)}\nfrom tierwright_settings import *\n"
    stage.scaffold(f"{site.code.directory}/{settings.replace('.', '/')}.py", text)
    for secret in stage.placed.cluster.secrets_of(stage.placed.host.name, site):
        stage.scaffold(f"/etc/{site.name}/secrets/{secret}", "throw-away\n")
    return settings
