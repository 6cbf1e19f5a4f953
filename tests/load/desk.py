"""What is done beside the site with its own settings: fill the database, log people in, look for what was written.

`python -m tests.load.desk fill full 50` prints the people as JSON; `... look` reads marks and prints those it misses.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Person = dict[str, Any]


def main(arguments: Sequence[str]) -> int:
    """Do one of the things."""
    verb, *more = arguments
    verbs: dict[str, Callable[..., object]] = {"fill": _fill, "people": _people, "look": _look}
    json.dump(verbs[verb](*more), sys.stdout)
    return 0


def _fill(size: str, number: str) -> list[Person]:
    from tests.load import filling

    filling.fill(getattr(filling, size.upper()))
    return _people(number)


def _people(number: str) -> list[Person]:
    """So many people of all teams, each logged in, with what is on their desk."""
    from django.contrib.auth.models import User

    found = User.objects.order_by("pk").prefetch_related("memberships__team")
    by_place = sorted(found, key=lambda user: (user.username.partition("-p")[2], user.pk))
    return [_person(user) for user in by_place[: int(number)]]


def _person(user: User) -> Person:
    from django.conf import settings
    from django.test import Client

    from planner.models import Proposal

    browser = Client()
    browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    place = user.memberships.all()[0]
    rows = Proposal.objects.filter(plan__holding__team=place.team).values("pk", "draft__slug", "state", "author")
    return {
        "handle": user.username,
        "cookie": browser.cookies[settings.SESSION_COOKIE_NAME].value,
        "role": place.role,
        "plans": list(place.team.holdings.values_list("plan__slug", flat=True)),
        "proposals": [
            {"pk": row["pk"], "draft": row["draft__slug"], "state": row["state"], "own": row["author"] == user.pk}
            for row in rows
        ],
    }


def _look() -> list[str]:
    """Those marks on stdin, `comment TEXT`, `save MESSAGE` or `approve PK HANDLE`, that are not there once."""
    from planner.models import Approval, Comment
    from topology.models import Revision

    marks = json.load(sys.stdin)
    comments = list(Comment.objects.filter(text__startswith="Mark ").values_list("text", flat=True))
    messages = list(Revision.objects.filter(message__startswith="Mark ").values_list("message", flat=True))
    said = Approval.objects.values_list("proposal", "user__username")
    found = [f"comment {text}" for text in comments] + [f"save {text}" for text in messages]
    approved = {f"approve {proposal} {handle}" for proposal, handle in said}
    return [mark for mark in marks if (mark not in approved if mark.startswith("approve ") else found.count(mark) != 1)]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")
    django.setup()
    sys.exit(main(sys.argv[1:]))
