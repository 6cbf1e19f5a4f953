# shellcheck shell=bash
# Sourced by bin/run, bin/test and bin/evidence: finds a Python and keeps .venv in the state the pins ask for.

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }

die() {
    say "$*"
    exit 1
}

# The versions that every pinned package has ready-made files for.
readonly FITS='(3, 11) <= sys.version_info[:2] <= (3, 14)'

# Print the path of a Python that fits and can make an environment.
find_python() {
    local candidate place without_venv='' misfit=''
    for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3.14 python3 python; do
        place=$(command -v "$candidate" 2>/dev/null) || continue
        "$place" -c '' 2>/dev/null || continue # a shim may stand for a version that is not there
        if ! "$place" -c "import sys; sys.exit(not $FITS)" 2>/dev/null; then
            misfit=$("$place" --version 2>&1)
        elif ! "$place" -c 'import ensurepip, venv' 2>/dev/null; then
            without_venv=$place
        else
            printf '%s\n' "$place"
            return
        fi
    done
    if [ -n "$without_venv" ]; then
        die "$without_venv cannot make environments. On Debian or Ubuntu: apt install python3-venv"
    fi
    die "this needs Python 3.11 to 3.14; ${misfit:-none} was found. Install one, or name it: PYTHON=/path/to/python3 $0"
}

# Whether .venv was made in this very place and has a working Python that fits, with pip.
venv_works() {
    [ "$(cat .venv/place 2>/dev/null)" = "$(pwd -P)" ] &&
        .venv/bin/python -c "import sys, pip; sys.exit(not $FITS)" 2>/dev/null
}

# prepare_venv NAME: .venv holds exactly what requirements/NAME.txt pins, or a superset of it (test holds run).
prepare_venv() {
    local pins=requirements/$1.txt python
    if [ -f ".venv/installed-$1.txt" ] && cmp -s "$pins" ".venv/installed-$1.txt" && venv_works; then
        return
    fi
    if [ -e .venv ] && ! venv_works; then
        say "the environment .venv is incomplete or was moved; making it anew"
        rm -rf .venv
    fi
    if [ ! -e .venv ]; then
        python=$(find_python) || exit 1
        say "making the environment .venv with $("$python" --version)"
        "$python" -m venv .venv || die "the environment could not be made; see above"
        pwd -P >.venv/place
    fi
    install_pins "$pins"
    # Written last, so that what was interrupted is done again.
    cp "$pins" ".venv/installed-$1.txt"
    if [ "$1" = test ]; then cp requirements/run.txt .venv/installed-run.txt; fi
}

install_pins() {
    local total log=.venv/install.log
    total=$(grep -c '==' "$1")
    if [ "$(uname -s) $(uname -m)" = 'Darwin x86_64' ]; then
        die "Macs with an Intel processor are not supported: the packages that compile the log reader no longer are made for them"
    fi
    say "installing $total packages, once; this takes from half a minute to a few minutes"
    # crontab, which the Redis queue brings, is one file of plain Python that its authors publish as source only.
    if ! .venv/bin/python -m pip install --disable-pip-version-check --require-hashes --only-binary :all: \
        --no-binary crontab --no-input -r "$1" 2>&1 | tee "$log" | show_progress "$total"; then
        if grep -qiE 'NewConnectionError|NameResolutionError|ConnectTimeout|Network is unreachable|Connection refused' "$log"; then
            die "the packages could not be fetched: this machine does not reach the Python package index. Connect it (or configure pip for a mirror) and start again."
        fi
        grep '^ERROR' "$log" | tail -n 5 >&2 || true
        die "the packages could not be installed; pip's whole answer is in $log"
    fi
}

# Turn pip's chatter into one line that counts, or a few where nobody watches.
show_progress() {
    local total=$1 done=0 word name
    while read -r word name _; do
        if [ "$word" = Collecting ]; then
            done=$((done + 1))
            if [ -t 2 ]; then printf '\r  %d of %d: %-40.40s' "$done" "$total" "${name%%=*}" >&2; fi
        elif [ "$word" = Installing ] && [ "${name:-}" = collected ]; then
            if [ -t 2 ]; then printf '\r%-60s\r' '' >&2; fi
            say "all fetched; unpacking"
        fi
    done
}

# compile_ahead PYTHON: what is fast because it is compiled is compiled now, not while somebody waits for a page.
compile_ahead() {
    local module
    say "compiling the log reader, the search and the simulation (kept for the next start)"
    for module in topology.intake.warm topology.capacity.search.warm topology.capacity.simulation.ahead; do
        "$1" -m "$module" >&2 || die "$module could not be compiled; see above"
    done
}
