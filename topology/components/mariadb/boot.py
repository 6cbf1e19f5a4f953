"""Starts a primary and its replica from their files, and lets Django make its tables in the one."""

from __future__ import annotations

from topology.components import booting, databases
from topology.components.base import Placed, Stage, Verdict
from topology.components.mariadb.files import ACCOUNTS, PATH, PRIMARY_FILE
from topology.components.mariadb.preparations import BEFORE_COPY
from topology.components.mariadb.settings import (
    REPLICA,
    addresses_of,
    clients_of,
    replicas_of,
    the_primary_of,
)

_START = r"""
folder=/etc/mysql/boot
for address in "$1" "$2" "$3" 192.0.2.99; do [ "$address" = - ] || ip address add "$address/32" dev lo 2>/dev/null; done
started() { # name and options: its data, its process and its socket are its own, all else is as in the files
    start_mariadb "/var/lib/mysql-$1" "/run/mysqld/$1.sock" /run/said --defaults-file="$folder/$1.cnf" \
        --innodb-buffer-pool-size=64M --pid-file="/run/mysqld/$1.pid" "${@:2}"
}
admin() { mariadb --no-defaults --socket="/run/mysqld/$1.sock" "${@:2}"; }
# Of the two, one leaves loopback to the one under test.
own=$6 one=$1 other=$2
[ "$own" = primary ] && started primary || started primary --bind-address="$one"
[ "$other" = - ] || { [ "$own" = replica ] && started replica || started replica --bind-address="$other"; }
passwords="$(for name in $5; do echo "SET @$name = 'throw-away';"; done)"
{ echo "$passwords"; cat "$folder/accounts.sql"; } | admin primary
[ "$2" = - ] || {
    ip route replace local "$one" dev lo src "$other" table local # the replica comes from its own address
    dump="mariadb-dump --no-defaults --socket=/run/mysqld/primary.sock --all-databases --single-transaction"
    { echo "$7"; $dump --gtid --master-data=1 --flush-privileges; } | admin replica
    { echo "SET @replicator = 'throw-away';"; cat "$folder/primary.sql"; } | admin replica
}
"""
_ASK = r"""
primary, replica, client, site = sys.argv[1:5]
import pymysql
def come(address, host=primary, database=site):
    return pymysql.connect(host=host, port=3306, user=site, password="throw-away", database=database,
        bind_address=address, autocommit=True, connect_timeout=PATIENCE)
def first(query, line):
    with line.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
        return row and row[0]
pymysql.version_info = (2, 2, 7, "final", 0)
pymysql.install_as_MySQLdb()
import django
from django.conf import settings
from django.core.management import call_command
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
    DATABASES={"default": {"ENGINE": "django.db.backends.mysql", "NAME": site, "USER": site, "PASSWORD": "throw-away",
        "HOST": primary, "PORT": "3306", "OPTIONS": {"bind_address": client}}},
)
django.setup()
call_command("migrate", verbosity=0)
from django.contrib.auth.models import User
User.objects.create_user("alice")
print(f"migrate: {len(django.db.connection.introspection.table_names())} tables, {User.objects.count()} user")
try:
    come("192.0.2.99")
    print("a stranger came in")
except pymysql.OperationalError as error:
    print(f"a stranger: {error.args[1].split(' is ')[-1]}")
line = come(client)
print("read only:", first("select @@read_only", line), "of", first("select @@server_id", line))
if replica != "-":
    other = come(client, replica)
    wait_for(lambda: first("select count(*) from auth_user", other), passing=pymysql.ProgrammingError)
    print("replica:", first("select username from auth_user", other), "with", first("select @@gtid_slave_pos", other))
    try:
        first("delete from auth_user", other)
        print("the replica took a write")
    except pymysql.OperationalError as error:
        print("a write on the replica:", error.args[1])
measured(lambda: first("select username from auth_user where id = 1", line), 1000, "a row by its key")
"""


def boot(stage: Stage) -> Verdict:
    """Django migrates, a stranger is sent away, and a replica has the row and refuses a write."""
    placed = stage.placed
    primary = the_primary_of(placed) if placed.role.name == REPLICA else placed
    edges = replicas_of(primary)
    replica = primary.cluster.find(edges[0].client, REPLICA) if edges else None
    _scaffold(stage, primary, "primary")
    if replica is not None:
        _scaffold(stage, replica, "replica")
    expects = ["migrate: ", "a stranger: not allowed to connect", "read only: 0"]
    expects += ["replica: alice with 0-", "a write on the replica: The MariaDB server is running with the --read-only"]
    return booting.boot(
        stage,
        start=databases.MARIADB + _START,
        ask=_ASK,
        expects=expects if replica else expects[:3],
        words=_words(primary, replica, "replica" if placed.role.name == REPLICA else "primary"),
    )


def _words(primary: Placed, replica: Placed | None, own: str) -> list[str]:
    client = addresses_of(primary, clients_of(primary))[0]
    names = [site.database for site in primary.cluster.sites] + (["replicator"] if replica else [])
    server = client if client.startswith("127.") else primary.host.address
    return [server, replica.host.address if replica else "-", client, names[0], " ".join(names), own, BEFORE_COPY]


def _scaffold(stage: Stage, placed: Placed, name: str) -> None:
    """The files of the role under test as they are staged; of its peer as they are written for it."""
    texts = {file.path: file.text for file in placed.component.files(placed)}
    for path, text in texts.items():
        own = stage.read(path) if placed.key == stage.placed.key else text
        place = {PATH: f"{name}.cnf", ACCOUNTS: "accounts.sql", PRIMARY_FILE: "primary.sql"}[path]
        stage.scaffold(f"/etc/mysql/boot/{place}", own)
