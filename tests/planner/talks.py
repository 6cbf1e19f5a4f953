"""A discussion for tests: a proposal of alice's, what is said of it, and a later revision."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from planner.models import Proposal, Thread
from planner.review import discussion, recording
from planner.review.anchors import parse
from planner.review.discussion import Speaker
from planner.suggesting import edits_of
from tests.cast import Cast, cast
from topology import revisions
from topology.components import catalogue
from topology.document import from_data, to_data


@pytest.fixture
def people(settings: Settings) -> Cast:
    """Everybody, on a site with accounts."""
    settings.ACCOUNTS = True
    return cast()


@pytest.fixture
def proposal(people: Cast) -> Proposal:
    """Alice's proposal for the newspaper, with nothing changed yet."""
    draft = revisions.branch(people.revision, slug="newspaper-p1", name="Proposal 1", author="alice")
    return Proposal.objects.create(
        plan=people.plan, draft=draft, base=people.revision, number=1, title="More", author=people.alice
    )


def client_of(user: User) -> Client:
    """A browser in which the person is logged in."""
    client = Client()
    client.force_login(user)
    return client


def address(proposal: Proposal, rest: str = "discussion/") -> str:
    """An address of the proposal."""
    return f"/proposals/{proposal.pk}/{rest}"


def thread_of(user: Speaker, proposal: Proposal, **more: Any) -> Thread:
    """A thread on the web tier."""
    return discussion.start_thread(user, proposal, **{"anchor": "tier:web", "text": "Why two?", **more})


def suggestion_of(user: User, proposal: Proposal, **to: str) -> Thread:
    """A thread that suggests another value for the web tier."""
    edits = edits_of(
        parse("tier:web"), revisions.load(proposal.draft), {f"to.{name}": text for name, text in to.items()}
    )
    return thread_of(user, proposal, text="Rather this.", edits=edits)


def save(people: Cast, proposal: Proposal, **servers: Any) -> None:
    """A revision by Alice with other servers in the web tier."""
    head = revisions.get(proposal.draft)
    data = to_data(revisions.design_of(head))
    data["tiers"][0]["servers"] |= servers
    design = from_data(data, catalogue=catalogue())
    recording.save(people.alice, proposal.draft, design, parent_digest=head.digest, message="Meanwhile")
