"""The one door to plans: what is seen, whose it is, where one begins."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.core.exceptions import PermissionDenied
from django.test import Client

from planner import chosen, demo, plans
from planner.models import Holding, Inquiry, Membership, Reading, Role, Team
from planner.pages import cheapest
from planner.people import local_person
from tests.builders import newspaper
from tests.cast import Cast, cast
from topology import revisions
from topology.models import Plan

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def paper(settings: LazySettings) -> Cast:
    """The cast, on a site with accounts."""
    settings.ACCOUNTS = True
    return cast()


def test_a_plan_is_seen_by_its_team_alone(paper: Cast) -> None:
    assert list(plans.visible_to(paper.vera)) == [paper.plan]
    assert not plans.visible_to(paper.charlie).exists()
    assert not plans.heads(paper.charlie).exists()
    assert plans.look_up(paper.charlie, "newspaper") is None
    assert plans.seen_with(paper.charlie, paper.revision.digest) is None
    assert plans.seen_with(paper.vera, paper.revision.digest) == paper.revision


def test_with_accounts_a_plan_of_no_team_is_seen_by_nobody(paper: Cast) -> None:
    Holding.objects.all().delete()

    assert not plans.visible_to(paper.olive).exists()


def test_without_accounts_a_plan_of_no_team_is_the_local_persons() -> None:
    plan = revisions.start(newspaper(), name="Old", message="First").plan

    assert list(plans.visible_to(local_person())) == [plan]
    assert plans.role_of(local_person(), plan) is Role.OWNER


def test_a_plan_begins_in_a_team_that_lets_one_edit(paper: Cast) -> None:
    other = Team.objects.create(slug="other", name="Other")
    Membership.objects.create(team=other, user=paper.vera, role=Role.EDITOR)

    made = plans.start(paper.vera, newspaper(), name="Mine", message="First").plan

    assert plans.team_of(made) == other
    assert list(plans.changeable_by(paper.vera)) == [made]
    with pytest.raises(PermissionDenied, match="The paper does not let you begin a plan"):
        plans.start(paper.vera, newspaper(), name="Mine", message="First", team=paper.team)
    with pytest.raises(PermissionDenied, match="None of your teams lets you"):
        plans.start(paper.bob, newspaper(), name="Mine", message="First")
    assert Plan.objects.count() == 2


def test_every_team_has_a_demo_of_its_own(paper: Cast) -> None:
    other = Team.objects.create(slug="other", name="Other")
    Membership.objects.create(team=other, user=paper.charlie, role=Role.OWNER)

    first, second = demo.show(paper.alice), demo.show(paper.charlie)

    assert first != second
    assert demo.show(paper.alice) in (first, paper.plan)
    assert plans.team_of(second) == other


def test_whoever_edits_in_several_teams_says_which_one_gets_the_plan(paper: Cast, client: Client) -> None:
    other = Team.objects.create(slug="other", name="Other & sons")
    Membership.objects.create(team=other, user=paper.alice, role=Role.EDITOR)
    client.force_login(paper.alice, backend=BACKEND)
    numbers = {"rate": "120", "share": "10", "busy": "70", "cores": "8", "database": "2", "media": "20"}
    asked = client.get("/intake/").text

    assert "Other &amp; sons" not in asked  # nothing to choose before there is a number
    names = {"name": "Shop", "domain": "www.example.com", "team": "paper-2"}
    refused = client.post("/intake/plan/", numbers | names)
    assert refused.status_code == 422


def test_a_reading_is_its_uploaders_alone(paper: Cast, client: Client) -> None:
    reading = Reading.objects.create(names=["a.log"], bytes_total=1, user=paper.alice)
    ownerless = Reading.objects.create(names=["b.log"], bytes_total=1)

    client.force_login(paper.alice, backend=BACKEND)
    assert client.get(f"/intake/{reading.pk}/").status_code == 200
    assert client.get(f"/intake/{ownerless.pk}/").status_code == 404
    client.force_login(paper.olive, backend=BACKEND)
    assert client.get(f"/intake/{reading.pk}/").status_code == 404


def test_the_list_shows_no_button_that_would_be_refused(paper: Cast, client: Client) -> None:
    client.force_login(paper.vera, backend=BACKEND)
    text = client.get("/").text
    assert "The newspaper" in text
    assert "/plans/newspaper/remove/" not in text
    assert "Make a team" in text
    assert (
        'disabled title="this takes the role editor in The paper; yours is viewer"'
        in client.get("/plans/newspaper/").text
    )

    client.force_login(paper.alice, backend=BACKEND)
    assert "/plans/newspaper/remove/" in client.get("/").text


def test_taking_a_plan_off_the_list_is_in_the_audit(paper: Cast, client: Client) -> None:
    client.force_login(paper.alice, backend=BACKEND)

    client.post("/plans/newspaper/remove/")
    client.post("/plans/newspaper/bring-back/")

    assert list(paper.team.events.values_list("actor", "verb", "plan")) == [
        ("alice", "remove_plan", "newspaper"),
        ("alice", "bring_back_plan", "newspaper"),
    ]


def test_a_viewer_has_the_site_work_on_nothing(paper: Cast, client: Client) -> None:
    client.force_login(paper.vera, backend=BACKEND)

    answer = client.get("/plans/newspaper/simulated/?seed=1")

    assert answer.status_code == 200
    assert "This takes the role commenter in The paper; yours is viewer." in answer.text
    assert client.post("/plans/newspaper/simulated/again/", {"asked": "seed=1"}).status_code == 403


@pytest.mark.parametrize(("who", "status", "says"), [("charlie", 404, "no longer kept"), ("alice", 302, "")])
def test_what_was_found_for_a_plan_is_for_those_who_see_it(
    who: str, status: int, says: str, paper: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chosen, "plan_of", lambda inquiry, key: newspaper(notes="found"))
    monkeypatch.setattr(cheapest, "plan_of", lambda inquiry, key: newspaper(notes="found"))
    Inquiry.objects.create(
        digest="d" * 64, kind=Inquiry.Kind.CHEAPEST, revision=paper.revision, answer={},
        asked={"p95_ms": 1, "availability": 0.9, "headroom": 0, "refused": 0, "budget": None, "types": ""},
    )  # fmt: skip
    other = Team.objects.create(slug="other", name="Other")
    Membership.objects.create(team=other, user=paper.charlie, role=Role.OWNER)
    plans.start(paper.charlie, newspaper(), name="Mine", message="First")
    client.force_login(getattr(paper, who), backend=BACKEND)

    taken = client.post(
        f"/plans/newspaper{'-2' if who == 'charlie' else ''}/cheapest/take/",
        {"inquiry": "d" * 64, "key": "1", "parent": paper.revision.digest},
    )
    compared = client.get(f"/compare/?plan=newspaper&plan=found.{'d' * 64}.1").text

    assert taken.status_code == status
    assert says in taken.text
    assert ("The newspaper" in compared) == (who == "alice")
    assert ("This is no longer kept" in compared) == (who == "charlie")
