"""What the tests share that run real programs: one ground, prepared once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from topology.bundles.sandbox import Ground, SandboxRefused, ground


@pytest.fixture(scope="session")
def shared() -> Iterator[Ground]:
    """The ground of all sandboxes; where there can be none the tests are skipped, which CI does not allow."""
    try:
        with ground() as made:
            yield made
    except SandboxRefused as refusal:
        pytest.skip(str(refusal))
