"""Starts two PostgreSQL and their slons, lets Django make its tables, and follows a row to the subscriber and back."""

from __future__ import annotations

from topology.components import booting, databases
from topology.components.base import Placed, Stage, Verdict
from topology.components.slony.files import PASSFILE, folder_of, listed_of
from topology.components.slony.preparations import copy_line, list_line
from topology.components.slony.settings import ROLE, nodes_of

_START = r"""
site=$3 passfile=$5 all=$6
chown -R postgres: /etc/slony1 /var/lib/postgresql
: >"$passfile"
for address in $all; do
    ip address add "$address/32" dev lo
    data=/run/databases/$address
    make_postgres "$data"
    echo 'host all all all scram-sha-256' >>"$data/pg_hba.conf"
    mkdir -p "/run/postgresql/$address" && chown postgres: "/run/postgresql/$address"
    start_postgres "/run/$address.said" -D "$data" -c listen_addresses="$address" -c shared_buffers=32MB \
        -c fsync=off -c unix_socket_directories="/run/postgresql/$address"
    echo "$address:5432:*:slony:throw-away" >>"$passfile"
    place="--host=/run/postgresql/$address"
    as_postgres psql $place --quiet --command="create user slony superuser password 'throw-away'"
    add_site "$site" $place
done
chown postgres: "$passfile" && chmod 600 "$passfile"
cat /run/*.said >/run/said
"""
_ASK = r"""
origin, subscriber, site, folder, passfile, everybody, slons, copy, listing, listed = sys.argv[1:11]
import glob, psycopg, django
from django.conf import settings
from django.core.management import call_command
AS = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
def shell(line, at):
    line = line.replace("runuser -u postgres --", f"env PGHOST=/run/postgresql/{at} " + " ".join(AS))
    ran = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    if ran.returncode:
        raise SystemExit(f"{line}: {ran.stdout}{ran.stderr}")
def slonik(name):
    before = time.monotonic()
    shell(f"runuser -u postgres -- slonik {folder}/{name}.slonik", origin)
    print(f"slonik {name}: {time.monotonic() - before:.1f} s")
def come(address, user=site):
    return psycopg.connect(host=address, user=user, password="throw-away", dbname=site, autocommit=True)
def awaited(line, query, wanted):
    row = wait_for(lambda: line.execute(query).fetchone(), lambda row: row and row[0] == wanted)
    if not row or row[0] != wanted:
        raise SystemExit(f"{query}: {row}")
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": site, "USER": site, "HOST": origin,
        "PASSWORD": "throw-away"}},
)
django.setup()
call_command("migrate", verbosity=0)
from django.contrib.auth.models import User
User.objects.create_user("alice")
for address in everybody.split()[1:]:
    shell(copy, address)
slonik("init")
for place in slons.split():
    # It looks more often than in its file, so that the test need not wait.
    subprocess.Popen([*AS, "slon", "-f", place, "-s", "100", "-t", "1000"], stdout=open("/run/said", "ab"),
        stderr=subprocess.STDOUT)
shell(listing, origin)
lines = open(listed).read().splitlines()
print(len([line for line in lines if line.startswith("set add table")]), "tables in the set, as migrations made them")
slonik("set")
slonik("subscribe")
other = come(subscriber)
awaited(other, "select username from auth_user", "alice")
before = time.monotonic()
User.objects.create_user("bob")
awaited(other, "select username from auth_user where username = 'bob'", "bob")
print(f"SQL row replicated: bob, written on the origin, read on the subscriber {time.monotonic() - before:.1f} s later")
try:
    other.execute("delete from auth_user")
    print("the subscriber took a write")
except psycopg.Error as error:
    print("a write on the subscriber:", str(error).splitlines()[0])
for address in (origin, subscriber):
    [count] = come(address, "slony").execute(
        "select count(*) from pg_stat_activity where usename = 'slony' and pid <> pg_backend_pid()").fetchone()
    print(f"connections of all slons to {address}: {count}")
line = come(origin, site)
spent, times = cpu_seconds(), 200
for number in range(times):
    line.execute("insert into django_session values (%s, 'x', now())", [f"s{number}"])
awaited(other, "select count(*) from django_session", times)
print(f"measured: {memory_mib():.0f} MiB, {(cpu_seconds() - spent) * 1000 / times:.2f} ms of CPU a row ({times} asked)")
only("slon")
print(f"the slons hold {memory_mib():.1f} MiB")
slonik(f"move-to-{sys.argv[11]}")
other.execute("insert into django_content_type (app_label, model) values ('news', 'page')")
awaited(line, "select model from django_content_type where app_label = 'news'", "page")
print("moved: the former subscriber takes a write, and the former origin has its row")
"""


def boot(stage: Stage) -> Verdict:
    """From an empty cluster to a row on the subscriber, a write refused there, and the set moved to it."""
    placed = stage.placed
    nodes = nodes_of(placed)
    number = next((node.number for node in nodes if node.host == placed.host.name and node.number > 1), 2)
    origin, subscriber, site = nodes[0], nodes[number - 1], placed.cluster.sites[0]
    folder = folder_of(site)
    peers = [placed.cluster.find(node.host, ROLE) for node in nodes if node.host != placed.host.name]
    for peer in peers:
        _scaffold_peer(stage, peer, folder)
    slons = [f"{folder}/slon.conf", *(f"{folder}/{peer.host.name}.conf" for peer in peers)]
    words = (
        *(origin.address, subscriber.address, site.database, folder, PASSFILE),
        *(" ".join(node.address for node in nodes), " ".join(slons)),
        *(copy_line(site, origin), list_line(site), listed_of(site), subscriber.host),
    )
    expects = ["SQL row replicated: bob", "cannot be modified on a subscriber node", "moved: the former subscriber"]
    return booting.boot(stage, start=databases.POSTGRESQL + _START, ask=_ASK, expects=expects, words=words)


def _scaffold_peer(stage: Stage, peer: Placed, folder: str) -> None:
    """The other server's slon under a name of its own, and its scripts where it has some."""
    for file in peer.component.files(peer):
        if file.path == f"{folder}/slon.conf":
            stage.scaffold(f"{folder}/{peer.host.name}.conf", file.text)
        elif file.path.startswith(f"{folder}/"):
            stage.scaffold(file.path, file.text)
