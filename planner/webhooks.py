"""Tells a team's own addresses of its events: signed, tried again for a while, never at an inner address."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from planner import audit, outside
from planner.models import Delivery, Event, Membership, Role, Team, Webhook
from planner.outside import Unreachable
from planner.review import Refused

TRIES = 8
"""Then it is given up: about an hour after the event."""
FAILURES = 20
"""So many given up in a row switch a webhook off."""
HELD = timedelta(seconds=60)
"""A delivery that a process has taken is left alone for so long; if the process died, another takes it then."""
MOST = 10
"""Webhooks of a team."""


def why_not_manage(user: User, team: Team) -> str | None:
    """Only owners decide who outside is told."""
    owns = Membership.objects.filter(user=user, team=team, role=Role.OWNER).exists()
    return None if owns else f"only an owner of {team.name} changes its webhooks"


@transaction.atomic
def add(user: User, team: Team, *, url: str, verbs: Collection[str] = ()) -> Webhook:
    """A new webhook. Whether its address may be reached is looked at each time that something is sent."""
    _refuse(why_not_manage(user, team))
    outside.check(url)
    if team.webhooks.count() >= MOST:
        raise Refused(f"a team has at most {MOST} webhooks; remove one first")
    webhook = Webhook.objects.create(team=team, url=url, verbs=sorted(verbs), salt=secrets.token_hex(16))
    # The audit is read by the whole team and kept for good; an address may hold a key of the receiver.
    told = {"webhook": webhook.pk, "host": host_of(webhook), "verbs": webhook.verbs}
    audit.write(team, user, "add_webhook", data=told)
    return webhook


@transaction.atomic
def remove(user: User, webhook: Webhook) -> None:
    """Take a webhook away, with what waits for it."""
    _refuse(why_not_manage(user, webhook.team))
    audit.write(webhook.team, user, "remove_webhook", data={"webhook": webhook.pk, "host": host_of(webhook)})
    webhook.delete()


@transaction.atomic
def switch(user: User, webhook: Webhook, *, on: bool) -> None:
    """Switch it on again, or off; with another salt its secret is another too."""
    _refuse(why_not_manage(user, webhook.team))
    webhook.off_since = None if on else timezone.now()
    webhook.save(update_fields=["off_since"])
    audit.write(webhook.team, user, "switch_webhook", data={"webhook": webhook.pk, "on": on})


@transaction.atomic
def renew_secret(user: User, webhook: Webhook) -> None:
    """Make its secret void and another one right."""
    _refuse(why_not_manage(user, webhook.team))
    webhook.salt = secrets.token_hex(16)
    webhook.save(update_fields=["salt"])
    audit.write(webhook.team, user, "renew_webhook_secret", data={"webhook": webhook.pk})


def host_of(webhook: Webhook) -> str:
    """Where it leads, without the path: `https://hooks.example.com`."""
    parts = urlsplit(webhook.url)
    return f"{parts.scheme}://{parts.netloc}"


def secret_of(webhook: Webhook) -> str:
    """What the receiver checks signatures with. It is made from the site's key each time, and kept nowhere."""
    made = hmac.new(settings.SECRET_KEY.encode(), f"webhook:{webhook.pk}:{webhook.salt}".encode(), hashlib.sha256)
    return "whsec_" + base64.urlsafe_b64encode(made.digest()).decode().rstrip("=")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`v1=` and HMAC-SHA256 over the timestamp, a full stop and the body, in hexadecimal."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def follow(event: Event) -> bool:
    """Queue an event for the webhooks that want it; whether there is one. In the transaction of the event."""
    hooks = [hook for hook in Webhook.objects.filter(team=event.team_id, off_since=None) if _wants(hook, event)]
    Delivery.objects.bulk_create((Delivery(webhook=hook, event=event) for hook in hooks), ignore_conflicts=True)
    return bool(hooks)


def deliver(*, now: datetime | None = None, most: int = 100) -> int:
    """Send what is due, the oldest first; how many were tried."""
    now = now or timezone.now()
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=now, webhook__off_since=None)
    tried = 0
    for delivery in due.select_related("webhook__team", "event").order_by("next_at", "pk")[:most]:
        if _take(delivery, now):
            _send(delivery, now)
            tried += 1
    return tried


def body_of(event: Event) -> bytes:
    """What is sent: the event as the audit has it."""
    told: dict[str, Any] = {
        "team": event.team.slug,
        "number": event.number,
        "at": event.at.astimezone(UTC).isoformat(),
        "actor": event.actor,
        "verb": event.verb,
        "plan": event.plan,
        "proposal": event.proposal,
        "data": event.data,
        "hash": event.hash,
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode()


def _wants(hook: Webhook, event: Event) -> bool:
    return not hook.verbs or event.verb in hook.verbs


def _take(delivery: Delivery, now: datetime) -> bool:
    """Whether this process is the one that sends it now."""
    row = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING, next_at=delivery.next_at)
    return bool(row.update(next_at=now + HELD))


def _send(delivery: Delivery, now: datetime) -> None:
    body, stamp = body_of(delivery.event), str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Tierwright",
        "Tierwright-Event": delivery.event.verb,
        "Tierwright-Delivery": str(delivery.pk),
        "Tierwright-Timestamp": stamp,
        "Tierwright-Signature": signature(secret_of(delivery.webhook), stamp, body),
    }
    try:
        answer = outside.post(delivery.webhook.url, body, headers, inner=_allowed())
    except Unreachable as error:
        _note(delivery, now, done=False, says=error.sentence)
    else:
        _note(delivery, now, done=200 <= answer.status < 300, says=f"answered {answer.status}")


def _note(delivery: Delivery, now: datetime, *, done: bool, says: str) -> None:
    delivery.tries += 1
    delivery.says = says[:300]
    delivery.next_at = now + timedelta(minutes=2 ** (delivery.tries - 1) / 2)
    if done:
        delivery.state = Delivery.State.DONE
    elif delivery.tries >= TRIES:
        delivery.state = Delivery.State.FAILED
    delivery.save(update_fields=["tries", "says", "next_at", "state"])
    if delivery.state == Delivery.State.FAILED:
        _switch_off_if_dead(delivery.webhook, now)


def _switch_off_if_dead(webhook: Webhook, now: datetime) -> None:
    ended = webhook.deliveries.filter(~Q(state=Delivery.State.WAITING)).order_by("-pk")
    states = list(ended.values_list("state", flat=True)[:FAILURES])
    if len(states) == FAILURES and set(states) == {Delivery.State.FAILED}:
        Webhook.objects.filter(pk=webhook.pk, off_since=None).update(off_since=now)
        audit.write(webhook.team, "tierwright", "switch_webhook", data={"webhook": webhook.pk, "on": False})


def _allowed() -> list[outside.Network]:
    return [ip_network(text) for text in settings.WEBHOOK_NETWORKS]


def _refuse(why_not: str | None) -> None:
    if why_not:
        raise Refused(why_not)
