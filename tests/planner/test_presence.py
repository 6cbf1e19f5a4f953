"""Who is here: others within half a minute, never oneself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from planner import presence
from tests.cast import cast

pytestmark = pytest.mark.django_db


def test_another_is_seen_with_what_they_do() -> None:
    people, now = cast(), timezone.now()
    presence.ping(people.alice, people.plan, doing="editing", now=now)

    [other] = presence.ping(people.carol, people.plan, doing="reviewing", now=now + timedelta(seconds=5))

    assert (other.user, other.says) == (people.alice, "is editing")


def test_whoever_stopped_asking_is_gone() -> None:
    people, now = cast(), timezone.now()
    presence.ping(people.alice, people.plan, doing="editing", now=now)

    assert presence.others(people.carol, people.plan, now=now + timedelta(seconds=31)) == ()


def test_an_unknown_doing_is_looking() -> None:
    people, now = cast(), timezone.now()
    presence.ping(people.alice, people.plan, doing="<b>", now=now)

    assert [other.says for other in presence.others(people.carol, people.plan, now=now)] == ["is looking"]
