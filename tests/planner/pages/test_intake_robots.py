"""What a reading tells of robots and of pages worth caching, and the workload of people that it offers."""

from __future__ import annotations

import pytest
from django.test import Client

from planner import readings, uploads
from planner.models import Reading
from tests.planner.conftest import Wait
from tests.planner.pages.test_intake import ANSWER, NAMES, _workload, done
from topology import revisions
from topology.models import Plan

__all__ = ["done"]

pytestmark = pytest.mark.django_db


def robots_and_pages() -> bytes:
    """People in the morning, a robot by night that asks for more; one page often, and one with ids in its path."""
    line = b'192.0.2.%d - - [05/Mar/2012:%02d:%02d:%02d +0000] "GET %s HTTP/1.1" 200 900 "-" "%s"\n'
    night = [line % (9, 3, n // 60 % 60, n % 60, b"/p/%d" % n, b"GoogleBot/2.1") for n in range(1800)]
    day = [
        line % (n % 5, 10, n // 20 % 60, n % 60, (b"/", b"/a.css", b"/users/%d77/" % (n % 3))[n % 3], b"Firefox")
        for n in range(1200)
    ]
    return b"".join(night + day)


def test_pages_worth_caching_are_listed_with_their_ids_folded(client: Client, readers: Wait) -> None:
    found = readers(readings.begin(uploads.receive([], robots_and_pages()), names=["access.log"]))

    text = client.get(f"/intake/{found.pk}/").content.decode()

    assert "Pages worth caching" in text
    assert "/users/…/" in text
    assert "77/" not in text
    assert text.count('class="chart save-bar"') == 2
    assert Reading.objects.get().answer["worth_caching"][0]["hits"] == 400  # type: ignore[index]


def test_robots_are_left_out_where_that_is_asked_for(client: Client, readers: Wait) -> None:
    found = readers(readings.begin(uploads.receive([], robots_and_pages()), names=["access.log"]))
    address = f"/intake/{found.pk}/"

    everybody = client.get(address).content.decode()
    people = client.get(address, {"people": "on", "busy": "30"}).content.decode()
    client.post(f"{address}plan/", {**NAMES, "people": "on", "busy": "30"})

    assert "Leave out robots that say so" in everybody
    assert 'form="busy" checked' in people
    assert '<input type="hidden" name="people" value="on">' in people
    workload = _workload(revisions.load(Plan.objects.get()))
    assert workload.robots is not None
    assert workload.robots.left_out
    assert "5 March 2012, 10:00" in people
    assert workload.peak.mid == pytest.approx(1200 / 3600, rel=0.01)


def test_a_reading_of_before_still_shows(done: Reading, client: Client) -> None:
    text = client.get(f"/intake/{done.pk}/", {"people": "on"}).content.decode()

    assert "Pages worth caching" not in text
    assert "Leave out robots" not in text


def test_a_hostile_path_is_shown_as_text_and_nothing_more(done: Reading, client: Client) -> None:
    row = {"path": "<script>alert(2)</script>", "kind": "page", "hits": 20, "hours": 1, "pages": 1, "bytes": 5,
           "would_hit_share": 0.5, "saves_cpu_share": 0.1}  # fmt: skip
    Reading.objects.update(answer={**ANSWER, "worth_caching": [row]})

    assert "<script>alert(2)" not in client.get(f"/intake/{done.pk}/").content.decode()
