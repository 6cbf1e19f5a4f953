"""Which programs are asked: those of the plan's own system, or of another one, which is then said."""

from __future__ import annotations

import platform

import pytest

from topology.bundles import strangers

NOBLE = {"ID": "ubuntu", "VERSION_ID": "24.04", "PRETTY_NAME": "Ubuntu 24.04.3 LTS"}


def test_programs_of_the_plans_own_system_need_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: NOBLE)

    assert strangers("ubuntu2404") is None


def test_programs_of_another_system_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: NOBLE)

    assert strangers("debian12") == (
        "the programs that are asked are those of Ubuntu 24.04.3 LTS, and the plan is for Debian 12: its versions may"
        " take or refuse other lines, so export it there as well"
    )


def test_a_machine_that_does_not_say_what_it_is_is_another_system(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent() -> dict[str, str]:
        raise OSError

    monkeypatch.setattr(platform, "freedesktop_os_release", silent)

    assert (strangers("debian12") or "").startswith(f"the programs that are asked are those of {platform.system()},")
