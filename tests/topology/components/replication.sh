# A web server with a pool, a primary, a replica and a stranger, each in a network of its own on one bridge, over the
# files of a bundle. Started by test_postgresql.py as root of private namespaces; what it does there ends with them.
# Arguments: directory with the tree of each host, the query for the pool's users, the two lines that make a replica.
set -u
trees=$1 query=$2
programs=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin | sort | tail -n 1)
mkdir -p /run/netns && ip link add net type bridge && ip link set net up
host() { # name address
    ip netns add "$1" && ip link add "$1" type veth peer name eth0 netns "$1"
    ip link set "$1" master net && ip link set "$1" up
    ip -n "$1" link set lo up && ip -n "$1" link set eth0 up && ip -n "$1" address add "$2/24" dev eth0
    mkdir -p "/run/$1/data" "/run/$1/postgresql" && chown -R postgres: "/run/$1"
    [ ! -d "$trees/$1" ] || chown -R postgres: "$trees/$1/etc"
}
on() { # name command: in the network of the host, over its files, as postgres
    # shellcheck disable=SC2016
    ip netns exec "$1" sh -c '
        for place in /etc/postgresql /etc/pgbouncer; do
            [ ! -d "$1/$0$place" ] || mount --bind "$1/$0$place" "$place"
        done
        mount --bind "/run/$0/data" /var/lib/postgresql && cd /var/lib/postgresql && mount --bind "/run/$0/postgresql" /run/postgresql
        export PGCONNECT_TIMEOUT=60 PGPASSWORD="$3"
        exec setpriv --reuid=postgres --regid=postgres --clear-groups sh -c "$2"' "$1" "$trees" "$2" "${PASSWORD:-}"
}
ready() { # name, words that its program says
    for _ in $(seq 600); do
        ! grep -q "$2" "/run/$1/said" 2>/dev/null || return 0
        sleep 0.1
    done
    cat "/run/$1/said"
}
ask() { on "$1" "psql --no-align --tuples-only --quiet \"$2\" --command=\"$3\"" 2>&1; }
mkdir -p /var/lib/postgresql /var/log/postgresql /run/postgresql && chown postgres: /var/log/postgresql
host web1 10.0.0.11; host stranger 10.0.0.99; host db1 10.0.0.13; host db2 10.0.0.14
main=/etc/postgresql/15/main data=/var/lib/postgresql/15/main
start="$programs/postgres -c config_file=$main/postgresql.conf -c shared_buffers=32MB"

on db1 "mkdir -p 15 $data && $programs/initdb --no-sync --username=postgres $data" >/run/made 2>&1 || cat /run/made
on db1 "$start" >/run/db1/said 2>&1 &
ready db1 'ready to accept'
admin="host=/run/postgresql user=postgres"
ask db1 "$admin" "create user newspaper password 'one'" && ask db1 "$admin" "create database newspaper owner newspaper"
ask db1 "$admin" "create user replicator replication password 'two'"

echo '10.0.0.13:5432:replication:replicator:two' >/run/db2/data/replication.pgpass
chown postgres: /run/db2/data/replication.pgpass && chmod 600 /run/db2/data/replication.pgpass
on db2 "mkdir -p 15 && $3 && $4" 2>&1 | grep -v waiting
on db2 "$start" >/run/db2/said 2>&1 &
ready db2 'started streaming'
contexts="select string_agg(name || '=' || context, ' ') from pg_settings where sourcefile like '%/conf.d/tierwright%'"
echo "contexts: $(ask db1 "$admin" "$contexts")"

ask db1 "$admin" "$query" >"$trees/web1/etc/pgbouncer/userlist.txt"
chown -R postgres: "$trees/web1/etc/pgbouncer"
on web1 "pgbouncer /etc/pgbouncer/pgbouncer.ini" >/run/web1/said 2>&1 &
ready web1 'process up'
PASSWORD=one
pool="host=127.0.0.1 port=6432 user=newspaper dbname=newspaper"
ask web1 "$pool" "create table pages (title text); insert into pages values ('front')"
echo "through the pool: $(ask web1 "$pool" 'select title from pages')"
behind="select replay_lsn <> pg_current_wal_lsn() from pg_stat_replication"
for _ in $(seq 600); do
    [ "$(ask db1 "$admin" "$behind")" != f ] || break
    sleep 0.1
done
echo "streams to: $(ask db1 "$admin" 'select application_name, state from pg_stat_replication')"
echo "on the replica: $(ask db2 "$admin dbname=newspaper" 'select title from pages')"
echo "a stranger: $(ask stranger 'host=10.0.0.13 user=newspaper dbname=newspaper' 'select 1')"
kill -9 "$(head -n 1 /run/db1/data/15/main/postmaster.pid)"
on db2 "$programs/pg_ctl promote --wait --pgdata=$data" >/run/made 2>&1 || cat /run/made
direct="host=10.0.0.14 user=newspaper dbname=newspaper"
echo "after promotion: $(ask web1 "$direct" "insert into pages values ('sports') returning title")"
