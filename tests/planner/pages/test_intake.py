"""Intake: a log sent or pasted, or five numbers; what was read, the first number, the plan; and what bad input gets."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from planner.models import LOST_AFTER, Reading
from tests.planner.conftest import Wait
from tests.planner.test_readings import LOG
from topology import revisions
from topology.design import Design
from topology.models import Plan
from topology.workload import Workload

pytestmark = pytest.mark.django_db

NUMBERS = {"peak": "5", "page_share": "30", "busy": "", "cores": "", "database_gib": "1", "media_gib": "5"}
NAMES = {"name": "My site", "domain": "www.example.com"}
ANSWER: dict[str, Any] = {
    "facts": {
        "lines": 520, "blank": 1, "parsed": 515, "failed": 4, "other_lines": 0, "first": "2026-05-17T10:00:00",
        "last": "2026-05-17T10:59:58", "hits_per_active_day": 515, "peak_day": "2026-05-17",
        "peak_hour": "2026-05-17T10", "peak_hour_hits": 515, "peak_minute_hits": 9, "peak_second_hits": 1,
        "bytes_total": 2_636_800, "bytes_per_hit": 5120, "distinct_clients": 1,
    },
    "workload": {
        "peak_requests_per_second": {"low": 0.1, "mid": 0.143, "high": 0.4, "basis": "measured", "source": "the log"},
        "hours": [0.0] * 10 + [515.0] + [0.0] * 13,
        "classes": {
            "page": {"share": 0.4, "bytes": {"mean": 9000, "p50": 8000, "p95": 20000}},
            "static": {"share": 0.6, "response_ms": {"mean": 12, "p50": 10, "p95": 30, "count": 300}},
        },
        "status": {"2xx": 0.97, "4xx": 0.03},
        "source": {"lines": 520, "parsed": 515, "formats": ["combined"], "confidence": "thin", "why": "one hour only"},
    },
    "rejected": {"count": 4, "samples": ["x.x.x.x <script>alert(1)</script>"]},
    "notes": ["Times carry 2 different offsets."],
}  # fmt: skip


@pytest.fixture
def done() -> Reading:
    """A reading that was answered."""
    return Reading.objects.create(names=["access.log"], bytes_total=50, state=Reading.State.DONE, answer=ANSWER)


def upload(content: bytes, name: str = "access.log") -> SimpleUploadedFile:
    """A file as a browser sends it, with a type that says nothing."""
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


# --- A log -------------------------------------------------------------------------------------------------------


def test_the_page_takes_a_file_lines_or_numbers(client: Client) -> None:
    text = client.get("/intake/").text

    assert 'enctype="multipart/form-data"' in text
    assert re.search(r'<input[^>]*type="file"[^>]*multiple', text)
    assert "<textarea" in text
    assert text.count("Where do I find this?") >= 6


def test_a_log_is_read_and_its_figures_shown(client: Client, readers: Wait) -> None:
    sent = client.post("/intake/", {"logs": upload(LOG)})
    reading = readers(Reading.objects.get())
    answer = client.get(sent["Location"])

    assert (sent.status_code, sent["Location"]) == (302, f"/intake/{reading.pk}/")
    assert answer.status_code == 200
    assert f"{LOG.count(10):,} requests" in answer.text
    assert "17 May 2026, 10:00" in answer.text
    assert "Plan it" in answer.text


def test_several_logs_and_pasted_lines_are_read_as_one(client: Client, readers: Wait) -> None:
    half = LOG[: len(LOG) // 2].rpartition(b"\n")[0] + b"\n"
    rest, pasted = LOG[len(half) :], b'192.0.2.8 - - [17/May/2026:10:00:01 +0000] "GET / HTTP/1.1" 200 1\n'

    client.post("/intake/", {"logs": [upload(gzip.compress(half), "a.log.gz"), upload(rest)], "lines": pasted.decode()})
    reading = readers(Reading.objects.get())

    assert reading.answer is not None, reading.refusal
    assert reading.answer["facts"]["parsed"] == LOG.count(b"\n") + 1
    assert reading.names == ["pasted lines", "a.log.gz", "access.log"]


def test_htmx_is_sent_on_to_the_reading(client: Client, readers: Wait) -> None:
    answer = client.post("/intake/", {"logs": upload(LOG)}, headers={"HX-Request": "true", "HX-Target": "log_form"})

    assert answer["HX-Redirect"] == f"/intake/{Reading.objects.get().pk}/"


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "Choose a log file or paste some lines"),
        ({"lines": "  \n "}, "Choose a log file or paste some lines"),
        ({"logs": upload(b"", "empty.log")}, "empty.log is empty"),
        ({"lines": "x", "month": "August"}, "Write the month as YYYY-MM"),
    ],
)
def test_a_form_without_a_log_is_refused_in_its_place(sent: dict[str, Any], says: str, client: Client) -> None:
    answer = client.post("/intake/", sent)

    assert answer.status_code == 422
    assert says in answer.text
    assert Reading.objects.count() == 0


def test_htmx_gets_the_form_alone_with_its_errors(client: Client) -> None:
    answer = client.post("/intake/", {}, headers={"HX-Request": "true", "HX-Target": "log_form"})

    assert answer.status_code == 422
    assert answer.text.strip().startswith('<form class="d-print-none" id="log_form"')


def test_a_log_past_the_limit_is_told_the_command(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MAX_LOG_BYTES", 1000)

    answer = client.post("/intake/", {"logs": upload(b"x" * 1001)})

    assert answer.status_code == 413
    assert "python manage.py intake" in answer.text
    assert Reading.objects.count() == 0


@pytest.mark.parametrize(
    ("log", "status", "says"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(500), 422, "not an access log"),
        (bytes(range(256)) * 40, 422, "access.log"),
        (b"just words\n" * 30, 422, "access.log"),
        (gzip.compress(LOG, mtime=0)[:-40], 422, "access.log"),
    ],
)
def test_what_is_no_log_gets_a_sentence_and_the_way_out(
    log: bytes, status: int, says: str, client: Client, readers: Wait
) -> None:
    sent = client.post("/intake/", {"logs": upload(log)})
    readers(Reading.objects.get())
    answer = client.get(sent["Location"])

    assert answer.status_code == status
    assert says in answer.text
    assert "Send another log" in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "name", ['"><script>alert(1)</script>.log', "../../etc/passwd", "$(reboot).log", "a\u202eb.log"]
)
def test_a_hostile_file_name_is_shown_and_nothing_more(name: str, client: Client, readers: Wait) -> None:
    sent = client.post("/intake/", {"logs": upload(b"words\n" * 9, name)})
    readers(Reading.objects.get())
    answer = client.get(sent["Location"])

    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert "\u202e" not in answer.text


def test_a_running_reading_shows_how_far_it_is_and_asks_again(client: Client) -> None:
    reading = Reading.objects.create(names=["a.log"], bytes_total=2000, bytes_read=500, state=Reading.State.READING)

    text = client.get(f"/intake/{reading.pk}/").text

    assert '<progress max="2000" value="500"' in text
    assert 'hx-trigger="load delay:500ms"' in text
    assert '<meta http-equiv="refresh"' in text  # without JavaScript


def test_a_done_reading_no_longer_asks(done: Reading, client: Client) -> None:
    text = client.get(f"/intake/{done.pk}/").text

    assert 'hx-trigger="load' not in text
    assert "http-equiv" not in text


@pytest.mark.parametrize(("headers", "status"), [({}, 500), ({"HX-Request": "true", "HX-Target": "reading"}, 200)])
def test_a_fault_of_the_reader_is_shown_to_htmx_too(headers: dict[str, str], status: int, client: Client) -> None:
    reading = Reading.objects.create(
        names=["a.log"], bytes_total=1, state=Reading.State.REFUSED, refusal="the reader failed", refusal_status=500
    )

    answer = client.get(f"/intake/{reading.pk}/", headers=headers)

    assert answer.status_code == status
    assert "the reader failed" in answer.text


def test_a_lost_reading_is_told_the_way_out(client: Client) -> None:
    reading = Reading.objects.create(
        names=["a.log"], bytes_total=1, state=Reading.State.READING, seen_at=timezone.now() - LOST_AFTER * 1.1
    )

    text = client.get(f"/intake/{reading.pk}/").text

    assert "The reader stopped without an answer" in text
    assert "python manage.py intake" in text


def test_an_unknown_reading_is_not_here(client: Client) -> None:
    assert client.get("/intake/00000000-0000-0000-0000-000000000000/").status_code == 404


# --- What was read -----------------------------------------------------------------------------------------------


def test_what_was_read_is_shown_with_charts_tables_and_doubts(done: Reading, client: Client) -> None:
    text = client.get(f"/intake/{done.pk}/").text

    assert "515 requests" in text
    assert '<span class="word word-thin">thin</span>' in text
    assert "One hour only." in text
    assert 'aria-label="static 60 %, page 40 %"' in text
    assert text.count("The same as a table") == 1
    assert "x.x.x.x &lt;script&gt;" in text
    assert "Times carry 2 different offsets." in text


def test_without_an_answer_the_number_says_that_it_rests_on_a_table(done: Reading, client: Client) -> None:
    assert "How busy the server is was not said" in client.get(f"/intake/{done.pk}/").text


def test_how_busy_it_was_makes_the_forecast_begin_with_today(done: Reading, client: Client) -> None:
    answer = client.get(
        f"/intake/{done.pk}/", {"busy": "34", "cores": "2"}, headers={"HX-Request": "true", "HX-Target": "answer"}
    )

    assert answer.text.strip().startswith('<section id="answer"')
    assert "you saw 34" in answer.text
    assert '<div id="spoken" hx-swap-oob="innerHTML">' in answer.text


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"busy": "0"}, "id_busy"), ({"cores": "2"}, "id_busy"), ({"busy": "10", "cores": "x"}, "id_cores")],
)
def test_a_wrong_answer_is_linked_to_its_field(sent: dict[str, str], field: str, done: Reading, client: Client) -> None:
    answer = client.get(f"/intake/{done.pk}/", sent)

    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text


def test_a_log_becomes_a_plan(done: Reading, client: Client) -> None:
    answer = client.post(f"/intake/{done.pk}/plan/", {**NAMES, "busy": "34", "cores": "2"})

    plan = Plan.objects.get()
    workload = _workload(revisions.load(plan))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/plans/my-site/")
    assert workload.peak.mid == 0.143
    assert workload.observed is not None
    assert (workload.observed.cpu_share, workload.observed.cores) == (0.34, 2)


# --- Five numbers --------------------------------------------------------------------------------------------------


def test_five_numbers_give_the_first_number(client: Client) -> None:
    answer = client.get("/intake/", NUMBERS)

    assert answer.status_code == 200
    assert "What gives first:" in answer.text
    assert "Plan it" in answer.text


def test_a_keystroke_gets_the_number_alone(client: Client) -> None:
    answer = client.get("/intake/", NUMBERS, headers={"HX-Request": "true", "HX-Target": "answer"})

    assert answer.text.strip().startswith('<section id="answer"')
    assert "<html" not in answer.text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"peak": "0"}, "id_peak"),
        ({"peak": "nan"}, "id_peak"),
        ({"peak": "1e999"}, "id_peak"),
        ({"page_share": "101"}, "id_page_share"),
        ({"database_gib": "-1"}, "id_database_gib"),
        ({"cores": "4"}, "id_busy"),
        ({"busy": "many"}, "id_busy"),
    ],
)
def test_a_wrong_number_is_linked_to_its_field(wrong: dict[str, str], field: str, client: Client) -> None:
    answer = client.get("/intake/", {**NUMBERS, **wrong})

    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert f'id="{field}"' in answer.text
    assert "Plan it" not in answer.text


@pytest.mark.parametrize(("page_share", "classes"), [("30", {"page", "static"}), ("100", {"page"}), ("0", {"static"})])
def test_five_numbers_become_a_plan(page_share: str, classes: set[str], client: Client) -> None:
    answer = client.post("/intake/plan/", {**NUMBERS, **NAMES, "page_share": page_share, "busy": "20", "cores": "4"})

    assert answer.status_code == 302
    workload = _workload(revisions.load(Plan.objects.get()))
    assert workload.peak.basis == "given"
    assert set(workload.classes) == classes
    assert workload.database_gib == 1
    assert workload.observed is not None
    assert workload.observed.cores == 4


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("My site", "my-site"),
        ("Ünïcode & Søns", "unicode-sns"),
        ("'; DROP TABLE--", "drop-table"),
        ("$(reboot)", "reboot"),
        ("../../x", "x"),
        ("<b>9</b>", "b9b"),
        ("9 lives", "site-9-lives"),
        ("日本", "site"),
        ("a" * 80, "a" * 40),
    ],
)
def test_any_printable_name_will_do(name: str, slug: str, client: Client) -> None:
    client.post("/intake/plan/", {**NUMBERS, **NAMES, "name": name})

    plan = Plan.objects.get()
    assert (plan.name, plan.slug) == (name, slug)
    assert revisions.load(plan).name == slug


def test_a_name_stays_on_one_line(client: Client) -> None:
    client.post("/intake/plan/", {**NUMBERS, **NAMES, "name": 'Bob\'s\n"shop"  today'})

    assert Plan.objects.get().name == 'Bob\'s "shop" today'


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "a\u202eb"}, "text-direction marks"),
        ({"domain": "localhost"}, "two or more labels"),
        ({"domain": "a b.example"}, "two or more labels"),
        ({"domain": "exämple.com"}, "xn--exmple-cua.com"),
        ({"peak": "0"}, "greater than or equal to"),
    ],
)
def test_a_plan_that_cannot_be_made_is_refused_and_nothing_is_saved(
    wrong: dict[str, str], says: str, client: Client
) -> None:
    answer = client.post("/intake/plan/", {**NUMBERS, **NAMES, **wrong})

    assert answer.status_code == 422
    assert says in answer.text
    assert Plan.objects.count() == 0


def _workload(design: Design) -> Workload:
    assert isinstance(design.workload, Workload)
    return design.workload
