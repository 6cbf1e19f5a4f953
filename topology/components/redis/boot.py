"""Starts a primary and its replica as their own user; Django caches a page by the one and reads it from the other."""

from __future__ import annotations

from topology.components import booting
from topology.components.base import Placed, Stage, Verdict
from topology.components.redis.files import PATH
from topology.components.redis.settings import REPLICA, replicas_of, size, the_primary_of
from topology.components.redis.validate import WORD, scaffold

PEER = "/etc/redis/peer.conf"
_START = r"""
for address in "$1" "$3"; do [ "$address" = - ] || ip address add "$address/32" dev lo 2>/dev/null; done
as_redis() { setpriv --reuid=redis --regid=redis --clear-groups "$@"; }
install -d -o redis -g redis /run/redis /var/lib/redis /var/log/redis /var/lib/redis-peer
chown root:redis /etc/redis/*.conf && chmod 0640 /etc/redis/*.conf
as_redis redis-server /etc/redis/redis.conf --supervised no --daemonize no >>/run/said 2>&1 &
[ ! -e /etc/redis/peer.conf ] || # leaves loopback to the one under test
    as_redis redis-server /etc/redis/peer.conf --supervised no --daemonize no --bind "$6" --dir /var/lib/redis-peer \
        --logfile /run/redis/peer.log --pidfile /run/redis/peer.pid >>/run/said 2>&1 &
"""
_ASK = r"""
primary, port, replica, other_port, word = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5]
import redis
wait_port(primary, port)
try:
    redis.Redis(primary, port, protocol=2).ping()
    print("everybody comes in")
except redis.AuthenticationError as error:
    print(f"without the password: {error}")
line = redis.Redis(primary, port, password=word, decode_responses=True)
rules = line.config_get("maxmemory-policy", "appendonly")
print(f"full: {rules['maxmemory-policy']}, kept on the disk: {rules['appendonly']}")
places = [f"redis://{primary}:{port}/0"]
if replica != "-":
    wait_port(replica, other_port)
    other = redis.Redis(replica, other_port, password=word, decode_responses=True)
    wait_for(lambda: other.info("replication").get("master_link_status") == "up", passing=redis.RedisError)
    places.append(f"redis://{replica}:{other_port}/0")
from django.conf import settings
backend = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": places, "OPTIONS": {"password": word}}
settings.configure(CACHES={"default": backend})
from django.core.cache import cache
cache.set("page", "a" * 1000)
kept = wait_for(lambda: cache.get("page"), passing=redis.RedisError)
print("a value is stored and read back" if kept == "a" * 1000 else "the value is lost")
if replica != "-":
    print("replica:", len(other.keys()), "key,", other.info("replication")["role"])
    try:
        other.set("page", "other")
        print("the replica took a write")
    except redis.ReadOnlyError as error:
        print("a write on the replica:", str(error).rstrip("."))
measured(lambda: cache.get("page"), 2000, "a look-up of 1 kB, one after the other")
"""


def boot(stage: Stage) -> Verdict:
    """A value is kept, copied, and nobody comes in without the password."""
    placed = stage.placed
    primary = the_primary_of(placed) if placed.role.name == REPLICA else placed
    edges = replicas_of(primary)
    replica = primary.cluster.find(edges[0].client, REPLICA) if edges else None
    scaffold(stage)
    peer = next((p for p in (primary, replica) if p is not None and p.key != placed.key), None)
    if peer is not None:
        stage.scaffold(PEER, next(file.text for file in peer.component.files(peer) if file.path == PATH))
    expects = ["without the password: Authentication required", "a value is stored and read back"]
    if replica is not None:
        expects += ["replica: 1 key, slave", "a write on the replica: You can't write against a read only replica"]
    return booting.boot(stage, start=_START, ask=_ASK, expects=expects, words=_words(primary, replica, peer))


def _words(primary: Placed, replica: Placed | None, peer: Placed | None) -> list[str]:
    other = [replica.host.address, str(size(replica)["port"])] if replica else ["-", "0"]
    return [primary.host.address, str(size(primary)["port"]), *other, WORD, peer.host.address if peer else "-"]
