"""Databases that a boot makes for the purpose: shell functions that stand before its `start`."""

from __future__ import annotations

POSTGRESQL = r"""
PATH=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1):$PATH
mkdir -p /run/postgresql && chown postgres: /run/postgresql
as_postgres() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
make_postgres() { # directory, options of initdb
    install -d -o postgres -g postgres -m 0700 "$1" && cd / || exit 3
    as_postgres initdb --no-sync --username=postgres --pgdata="$1" "${@:2}" >/run/made 2>&1 ||
        { cat /run/made; exit 3; }
}
start_postgres() { # file for what it says, options
    as_postgres postgres "${@:2}" >"$1" 2>&1 &
    for try in $(seq 600); do grep -q 'ready to accept' "$1" && return; kill -0 $! || break; sleep 0.1; done
    cat "$1"
}
add_site() { # user, who owns a database of the same name; options of psql
    as_postgres psql --quiet "${@:2}" --command="create user $1 password 'throw-away'" \
        --command="create database $1 owner $1"
}
"""
"""as_postgres, make_postgres, start_postgres, which is back once it answers, and add_site; its programs on the path."""
MARIADB = r"""
start_mariadb() { # directory, socket, file for what it says, options
    install -d -o mysql -g mysql "${2%/*}" "$1"
    mariadb-install-db --no-defaults --user=mysql --datadir="$1" --skip-test-db >/run/made 2>&1 ||
        { cat /run/made; exit 3; }
    mariadbd "${@:4}" --user=mysql --datadir="$1" --socket="$2" >>"$3" 2>&1 &
    for try in $(seq 600); do
        mariadb --no-defaults --socket="$2" --execute='' 2>/dev/null && return
        kill -0 $! || break; sleep 0.1
    done
    cat "$3"
}
"""
"""start_mariadb, which makes it first and is back once it answers. Of the options, those that name files go first."""
