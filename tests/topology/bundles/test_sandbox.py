"""The sandbox: what a checked program can see, reach, take and leave behind."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from topology.bundles import sandbox as sandboxes
from topology.bundles.sandbox import TIMED_OUT, Ground, Sandbox, SandboxRefused, ground


@pytest.fixture
def box(shared: Ground) -> Iterator[Sandbox]:
    """A sandbox with one file of a bundle in it."""
    with shared.scratch() as folder, Sandbox(shared, folder, hostname="web1") as made:
        (made.staged / "etc/tierwright-test").write_text("staged\n")
        yield made


def _said(box: Sandbox, script: str, *, as_root: bool = True) -> str:
    return box.run(["sh", "-c", script], as_root=as_root).output.strip()


def test_the_bundle_lies_over_the_machines_own_files(box: Sandbox) -> None:
    assert _said(box, "cat /etc/tierwright-test") == "staged"
    assert "root:x:0:0" in _said(box, "cat /etc/passwd")


def test_the_host_has_its_own_name(box: Sandbox) -> None:
    assert _said(box, "hostname") == "web1"


def test_status_and_output_are_those_of_the_program(box: Sandbox) -> None:
    ran = box.run(["sh", "-c", "echo out; echo err >&2; exit 3"])

    assert (ran.status, ran.output) == (3, "out\nerr\n")


def test_a_program_that_is_not_there_ends_with_127(box: Sandbox) -> None:
    ran = box.run(["no-such-program"])

    assert ran.status == 127
    assert "no-such-program" in ran.output


def test_a_program_starts_in_the_directory_it_is_given(box: Sandbox) -> None:
    assert box.run(["pwd"], directory="/var/lib").output == "/var/lib\n"


@pytest.mark.parametrize("as_root", [True, False])
def test_nothing_of_the_machine_can_be_changed(box: Sandbox, as_root: bool) -> None:
    attempts = "touch /usr/x; touch /etc/x; touch /bin/x; mount -o remount,rw /usr; echo 1 >/proc/sys/kernel/panic"
    ran = box.run(["sh", "-c", f"{attempts}; unshare -rm sh -c 'mount -o remount,bind,rw /usr; touch /usr/x'; true"])

    assert ran.output.count("Read-only file system") >= 4
    assert ran.output.count("permission denied") == 2
    assert not Path("/usr/x").exists()


def test_what_belongs_to_the_machine_is_not_there(box: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "note").write_text("private")

    assert "No such file" in _said(box, f"cat {tmp_path}/note")
    assert "No such file" in _said(box, "cat /etc/shadow")
    assert _said(box, "ls /home /tmp /var/log/*") == _said(box, "ls /home /tmp /var/log/*; true")
    assert set(_said(box, "ls /tmp").split()) <= _way_to_python("/tmp")


def _way_to_python(folder: str) -> set[str]:
    """What of a folder leads to the Python that runs the tests, which has to be there."""
    return {
        Path(p).relative_to(folder).parts[0] for p in (sys.prefix, sys.base_prefix) if Path(p).is_relative_to(folder)
    }


def test_nothing_of_the_environment_enters(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIERWRIGHT_CANARY", "canary")

    assert "canary" not in _said(box, "env")


def test_there_is_no_network_but_the_loopback(box: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as outside:
        port = outside.getsockname()[1]
        tried = _said(box, f"bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port}'")

    assert "Connection refused" in tried
    assert _said(box, "ip -o link | wc -l") == "1"
    assert "127.0.0.1/8" in _said(box, "ip -o addr show up lo")


def test_what_one_run_leaves_is_there_for_the_next(box: Sandbox) -> None:
    box.run(["ip", "link", "add", "eth0", "type", "veth", "peer", "name", "other"])
    box.run(["sh", "-c", "echo kept >/run/note; sleep 60 >/dev/null 2>&1 &"])

    assert "eth0" in _said(box, "ip -o link")
    assert _said(box, "cat /run/note") == "kept"
    assert _becomes(lambda: "sleep 60" in _said(box, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"))


def test_another_user_than_root_owns_a_directory_of_its_own(box: Sandbox) -> None:
    assert _said(box, "id -u") == "0"
    assert _said(box, "id -u; touch /run/validate/x && stat -c %U /run/validate/x", as_root=False) == "65534\nnobody"


def test_a_low_port_can_be_bound_without_being_root(box: Sandbox) -> None:
    listen = "import socket; socket.create_server(('127.0.0.1', 80)); print('bound')"

    assert box.run(["python3", "-c", listen], as_root=False).output == "bound\n"


def test_the_running_python_and_its_packages_are_there(box: Sandbox) -> None:
    ran = box.run(["python3", "-c", "import sys, pydantic; print(sys.prefix)"], as_root=False)

    assert ran.output.strip() == sys.prefix


def test_a_late_program_is_stopped_with_all_its_children(box: Sandbox) -> None:
    ran = box.run(["sh", "-c", "echo begun; setsid sleep 300 & sleep 300"], seconds=0.5)

    assert (ran.status, ran.output) == (TIMED_OUT, "begun\n\nstopped after 0.5 seconds: it did not end by itself")
    assert "sleep 300" not in _said(box, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")


def test_a_program_that_takes_too_much_memory_fails(box: Sandbox) -> None:
    ran = box.run(["python3", "-c", "b = bytearray(2 << 30); print('had it')"])

    assert ran.status != 0
    assert "MemoryError" in ran.output


def test_a_program_that_never_stops_talking_is_cut_short(box: Sandbox) -> None:
    ran = box.run(["sh", "-c", f"yes | head -c {sandboxes.OUTPUT_LIMIT + 1000}"])

    assert len(ran.output) == sandboxes.OUTPUT_LIMIT


def test_a_file_without_end_is_stopped(box: Sandbox) -> None:
    ran = box.run(["sh", "-c", f"head -c {sandboxes.FILE_LIMIT + 1} /dev/zero >/run/big"])

    assert ran.status != 0


def test_nothing_is_left_of_a_sandbox(shared: Ground) -> None:
    with shared.scratch() as folder, Sandbox(shared, folder, hostname="web1") as box:
        box.run(["sh", "-c", "sleep 4321 >/dev/null 2>&1 &"])
        assert _becomes(lambda: _running("sleep 4321"))

    assert not folder.exists()
    assert str(folder) not in Path("/proc/self/mountinfo").read_text()
    assert _becomes(lambda: not _running("sleep 4321"))


def test_nothing_is_left_when_the_validating_program_is_killed() -> None:
    asleep = f"sleep {100_000 + os.getpid()}"
    script = (
        "import time\n"
        "from topology.bundles.sandbox import Sandbox, ground\n"
        "with ground() as g, g.scratch() as f, Sandbox(g, f, hostname='web1') as box:\n"
        f"    box.run(['sh', '-c', '{asleep} >/dev/null 2>&1 &'])\n"
        "    print(g.folder, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            folder = program.stdout.readline().strip()
            assert _becomes(lambda: _running(asleep))
        finally:
            program.kill()

    shutil.rmtree(folder)
    assert _becomes(lambda: not _running(asleep))


def test_a_machine_without_the_tools_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandboxes, "TOOLS", ("unshare-that-is-not-there",))

    with pytest.raises(SandboxRefused, match="checking needs unshare-that-is-not-there"), ground():
        pass


def test_a_system_that_is_not_linux_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    with pytest.raises(SandboxRefused, match="the namespaces of Linux"), ground():
        pass


def test_a_machine_that_refuses_namespaces_says_what_it_said(shared: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandboxes, "_SCRIPT", "mount --bind /nothing /nowhere")

    with (
        pytest.raises(SandboxRefused, match="lets no check run in namespaces of its own: mount: /nowhere"),
        shared.scratch() as folder,
        Sandbox(shared, folder, hostname="web1") as box,
    ):
        box.start()


def test_a_user_without_rights_has_the_same_sandbox() -> None:
    # This run's Python may lie where only root can go: it is left out of the sandbox, and loaded before the change.
    become_nobody = "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n" if os.geteuid() == 0 else ""
    script = (
        "import os\n"
        "from topology.bundles import sandbox\n"
        "sandbox.shown_directories = lambda: ('/usr',)\n"
        f"{become_nobody}"
        "with sandbox.ground() as g, g.scratch() as f, sandbox.Sandbox(g, f, hostname='web1') as box:\n"
        "    print(box.run(['id', '-u']).output, box.run(['id', '-u'], as_root=False).output)\n"
    )

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert ran.stdout.split() == ["0", "65534"], ran.stderr


def _running(command: str) -> list[str]:
    wanted = command.replace(" ", "\0").encode() + b"\0"
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if (entry / "cmdline").read_bytes() == wanted:
                    found.append(entry.name)
            except OSError:
                continue  # it ended meanwhile
    return found


def _becomes(state: Callable[[], object]) -> bool:
    """Whether a state comes: a started program and an ended namespace both take a moment."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if state():
            return True
        time.sleep(0.05)
    return False
