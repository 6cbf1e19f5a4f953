"""Webhooks: signed, sent once, tried again, switched off when dead; their secrets are nowhere."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planner import audit, outside, webhooks
from planner.models import Delivery, Event, Webhook
from planner.outside import Answer, Unreachable
from planner.review import Refused
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
Sent = list[tuple[str, bytes, dict[str, str]]]


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What went out; every receiver answers 204."""
    out: Sent = []

    def post(url: str, body: bytes, headers: dict[str, str], **more: object) -> Answer:
        out.append((url, body, headers))
        return Answer(status=204, body=b"")

    monkeypatch.setattr(outside, "post", post)
    return out


@pytest.fixture
def dead(monkeypatch: pytest.MonkeyPatch) -> None:
    """No receiver answers."""

    def post(url: str, body: bytes, headers: dict[str, str], **more: object) -> Answer:
        raise Unreachable("hooks.example did not answer: timed out")

    monkeypatch.setattr(outside, "post", post)


def hook(people: Cast, **more: object) -> Webhook:
    """A webhook of the team."""
    return webhooks.add(people.olive, people.team, url="https://hooks.example/in", **more)  # type: ignore[arg-type]


def happen(people: Cast, verb: str = "propose") -> Event:
    """Something happens in the team."""
    return audit.write(people.team, people.alice, verb, plan=people.plan)


def test_an_event_is_sent_once_and_signed(people: Cast, sent: Sent) -> None:
    webhook = hook(people)
    event = happen(people)

    webhooks.deliver()
    webhooks.deliver()

    told = [(url, body, headers) for url, body, headers in sent if json.loads(body)["number"] == event.number]
    [(url, body, headers)] = told
    signed = headers["Tierwright-Timestamp"].encode() + b"." + body
    right = hmac.new(webhooks.secret_of(webhook).encode(), signed, hashlib.sha256).hexdigest()
    assert url == "https://hooks.example/in"
    assert headers["Tierwright-Signature"] == f"v1={right}"
    assert json.loads(body)["hash"] == event.hash


def test_a_webhook_hears_of_what_it_asked_for(people: Cast, sent: Sent) -> None:
    hook(people, verbs=["accept"])
    happen(people, "propose")
    happen(people, "accept")

    webhooks.deliver()

    assert [json.loads(body)["verb"] for _, body, _ in sent] == ["accept"]


@pytest.mark.usefixtures("dead")
def test_what_does_not_get_through_is_tried_again_and_given_up(people: Cast) -> None:
    hook(people, verbs=["propose"])
    happen(people)
    now = timezone.now()

    for number in range(webhooks.TRIES + 3):
        webhooks.deliver(now=now + timedelta(hours=number))

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.tries) == (Delivery.State.FAILED, webhooks.TRIES)
    assert delivery.says == "hooks.example did not answer: timed out"


@pytest.mark.usefixtures("dead")
def test_between_two_tries_it_waits(people: Cast) -> None:
    hook(people, verbs=["propose"])
    happen(people)
    now = timezone.now()

    assert [webhooks.deliver(now=now), webhooks.deliver(now=now), webhooks.deliver(now=now + timedelta(minutes=1))] == [
        1, 0, 1,
    ]  # fmt: skip


@pytest.mark.usefixtures("dead")
def test_a_dead_webhook_is_switched_off_and_the_audit_says_so(people: Cast) -> None:
    webhook = hook(people, verbs=["propose"])
    for _ in range(webhooks.FAILURES):
        happen(people)
    now = timezone.now()

    for number in range(webhooks.TRIES):
        webhooks.deliver(now=now + timedelta(hours=number))

    webhook.refresh_from_db()
    assert webhook.off_since is not None
    assert Event.objects.filter(verb="switch_webhook", actor="tierwright").count() == 1


def test_a_new_secret_makes_the_old_one_void(people: Cast) -> None:
    webhook = hook(people)
    before = webhooks.secret_of(webhook)

    webhooks.renew_secret(people.olive, webhook)

    assert webhooks.secret_of(webhook) != before


def test_the_secret_is_not_in_the_database(people: Cast) -> None:
    secret = webhooks.secret_of(hook(people))

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            assert all(secret not in str(row) for row in cursor.fetchall())


def test_only_an_owner_changes_them(people: Cast) -> None:
    webhook = hook(people)

    with pytest.raises(Refused, match="only an owner"):
        webhooks.remove(people.carol, webhook)


def test_what_is_no_address_is_refused(people: Cast) -> None:
    with pytest.raises(Unreachable, match="https://host/path"):
        webhooks.add(people.olive, people.team, url="ftp://hooks.example/")


def test_an_address_that_holds_a_key_is_shown_to_owners_alone(people: Cast, settings: LazySettings) -> None:
    settings.ACCOUNTS = True
    added = webhooks.add(people.olive, people.team, url="https://hooks.example:8443/services/k3y?also=k3y")
    pages = {}
    for user in (people.olive, people.vera):
        browser = Client()
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        pages[user.username] = browser.get(reverse("webhooks", args=["paper"])).text
    webhooks.remove(people.olive, added)

    assert "services/k3y" in pages["olive"]
    assert "k3y" not in pages["vera"]
    assert "https://hooks.example:8443/..." in pages["vera"]
    assert {event.data["host"] for event in Event.objects.all()} == {"https://hooks.example:8443"}
