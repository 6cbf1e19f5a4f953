"""The stage that a component's check is given."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.topology.bundles.cast import Greeter, Shelf, greeting, small_bundle
from topology.bundles.sandbox import Ground
from topology.bundles.staging import HostStage, stage


@pytest.fixture
def staged(shared: Ground) -> Iterator[HostStage]:
    """A stage of the first server, whose one file belongs to another account and may be read by it alone."""
    own = greeting(text="own\n", mode=0o440, owner="root:ssl-cert")
    bundle = small_bundle(Greeter(own, greeting(path="/opt/greeter/rules.conf", text="rules\n")), Shelf())
    with stage(bundle.cluster.by_host["front1"][0], bundle.by_host["front1"], shared) as made:
        yield made


def test_programs_read_the_bundle_and_the_scaffolding(staged: HostStage) -> None:
    staged.scaffold("/etc/ssl/private/throw-away.key", "key\n", mode=0o600)
    staged.scaffold("/srv/site/app/run.sh", "#!/bin/sh\necho ran\n", mode=0o755)
    staged.scaffold("/usr/local/bin/throw-away", "#!/bin/sh\necho found\n", mode=0o755)

    read = staged.run(["cat", "/etc/greeter.conf", "/opt/greeter/rules.conf", "/etc/ssl/private/throw-away.key"])

    assert read.output == "own\nrules\nkey\n"
    assert staged.run(["/srv/site/app/run.sh"], as_root=False).output == "ran\n"
    assert staged.run(["throw-away"]).output == "found\n"
    assert staged.run(["hostname"]).output == staged.run(["cat", "/etc/hostname"]).output == "front1\n"


def test_a_check_reads_the_bundle_and_the_scaffolding_itself(staged: HostStage) -> None:
    staged.scaffold("/srv/site/note", "note\n")

    assert (staged.read("/etc/greeter.conf"), staged.read("/srv/site/note")) == ("own\n", "note\n")
    with pytest.raises(FileNotFoundError):
        staged.read("/etc/not-there")


def test_what_the_bundle_holds_is_not_scaffolded(staged: HostStage) -> None:
    with pytest.raises(ValueError, match=r"/etc/greeter\.conf cannot be scaffolded"):
        staged.scaffold("/etc/greeter.conf", "mine\n")


def test_nothing_is_scaffolded_after_the_first_run(staged: HostStage) -> None:
    staged.run(["true"])

    with pytest.raises(ValueError, match="or something was run already"):
        staged.scaffold("/etc/late", "late\n")


@pytest.mark.parametrize("path", ["etc/x", "/etc/../x", "/proc/x", "/dev/x", "/bin/x", "/etc", "/etc//x"])
def test_only_places_of_the_tree_are_scaffolded(staged: HostStage, path: str) -> None:
    with pytest.raises(ValueError, match="is no place of a staged tree"):
        staged.scaffold(path, "x")
