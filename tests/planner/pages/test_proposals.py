"""The proposals of a plan: the list, and proposing from the plan, a stage, a plan file and the editor."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.test import Client

from planner import autosaving
from planner.models import Proposal, Team
from planner.review import actions, recording
from tests.builders import NEWSPAPER, newspaper
from tests.cast import Cast, cast, head_of, proposal_at, proposed
from topology import document, revisions

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
WORDS = {"title": "A third web server", "why": "The **vote**"}


@pytest.fixture
def people(settings: LazySettings) -> Cast:
    """The cast, on a site with accounts."""
    settings.ACCOUNTS = True
    return cast()


def as_(user: User) -> Client:
    """The browser of a person."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def three_web() -> dict[str, Any]:
    """A plan file with a third web server."""
    web, database = NEWSPAPER["tiers"]
    more = {**web, "servers": {"count": 3, "type": "medium"}}
    return {**NEWSPAPER, "name": "another-name", "tiers": [more, database]}


def small_site(people: Cast) -> None:
    """Let the plan be a site on one server, which has stages to come."""
    workload = {
        "peak_requests_per_second": 60,
        "classes": {"page": {"share": 0.5, "app_cpu_ms": 20, "database_cpu_ms": 5}, "static": {"share": 0.5}},
    }
    web = {"name": "web", "servers": [{"name": "web1", "type": "small"}], "roles": ["nginx", "gunicorn", "postgresql"]}
    design = newspaper(workload=workload, tiers=[web])
    recording.save(people.alice, people.plan, design, parent_digest=people.revision.digest, message="One server")


def test_an_empty_list_says_what_a_proposal_is(people: Cast) -> None:
    text = as_(people.alice).get("/plans/newspaper/proposals/").text

    assert "Nobody has proposed anything yet." in text
    assert 'href="/plans/newspaper/propose/"' in text


def test_who_may_not_propose_is_told_why_on_the_list(people: Cast) -> None:
    text = as_(people.vera).get("/plans/newspaper/proposals/").text

    assert "this takes the role editor in The paper; yours is viewer" in text
    assert 'href="/plans/newspaper/propose/"' not in text


def test_open_ones_come_first_with_their_sentence(people: Cast) -> None:
    accepted, waiting = proposal_at("accepted", people), proposed(people, title="Five", web=5)

    text = as_(people.vera).get("/plans/newspaper/proposals/").text

    assert text.index("Five") < text.index(accepted.title)
    assert "became <a" in text
    assert waiting.summary["sentence"].split(":")[0].replace("+", "+") in text


def test_the_list_and_the_form_are_for_the_team(people: Cast) -> None:
    for address in ("/plans/newspaper/proposals/", "/plans/newspaper/propose/"):
        assert as_(people.charlie).get(address).status_code == 404


def test_a_proposal_of_the_plan_as_it_stands_goes_to_its_editor(people: Cast) -> None:
    answer = as_(people.alice).post("/plans/newspaper/propose/", {**WORDS, "source": "plan"})

    made = Proposal.objects.get()
    assert answer["Location"] == f"/plans/{made.draft.slug}/editor/"
    assert (made.title, made.why, made.author) == ("A third web server", "The **vote**", people.alice)


@pytest.mark.parametrize("write", [json.dumps, lambda data: document.to_yaml(newspaper(tiers=data["tiers"]))])
def test_a_plan_file_is_proposed_and_keeps_the_name_of_the_plan(write: Any, people: Cast) -> None:
    sent = {**WORDS, "source": "file", "document": write(three_web())}

    answer = as_(people.alice).post("/plans/newspaper/propose/", sent)

    made = Proposal.objects.get()
    assert answer["Location"] == f"/proposals/{made.pk}/"
    found = revisions.load(made.draft)
    assert (found.name, len(found.hosts)) == ("newspaper", 4)


def test_a_stage_is_proposed(people: Cast) -> None:
    small_site(people)
    form = as_(people.alice).get("/plans/newspaper/propose/?stage=load_balanced").text
    sent = {**WORDS, "source": "stage", "stage": "load_balanced"}

    answer = as_(people.alice).post("/plans/newspaper/propose/", sent)

    assert '<option value="load_balanced" selected>' in form
    assert answer.status_code == 302
    assert "balancer" in {tier.name for tier in revisions.load(Proposal.objects.get().draft).tiers}


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"source": "file", "document": "tierwright: 1\nname: x\ntiers: 5"}, "tiers"),
        ({"source": "file", "document": ""}, "paste the plan file"),
        ({"source": "file", "document": "[" * 5000}, "Plan file"),
        ({"source": "stage", "stage": ""}, "choose the stage"),
        ({"source": "stage", "stage": "moon"}, "moon"),
        ({"source": "elsewhere"}, "elsewhere"),
        ({"source": "plan", "title": ""}, "required"),
        ({"source": "plan", "title": "x" * 121}, "120"),
        ({"source": "plan", "title": "a\x00b"}, "ull characters"),
    ],
)
def test_what_cannot_be_proposed_comes_back_with_what_was_typed(sent: dict[str, str], says: str, people: Cast) -> None:
    answer = as_(people.alice).post("/plans/newspaper/propose/", {**WORDS, **sent})

    assert answer.status_code == 422
    assert says in answer.text
    assert "The **vote**" in answer.text
    assert not Proposal.objects.exists()


def test_who_may_not_propose_is_refused(people: Cast) -> None:
    answer = as_(people.bob).post("/plans/newspaper/propose/", {**WORDS, "source": "plan"})

    assert answer.status_code == 403
    assert "The **vote**" in answer.text
    assert not Proposal.objects.exists()


def test_of_a_draft_the_list_is_that_of_its_plan(people: Cast) -> None:
    proposal = proposed(people)

    text = as_(people.alice).get(f"/plans/{proposal.draft.slug}/proposals/").text

    assert "<h1>Proposals</h1>" in text
    assert proposal.title in text


def editor_form(**changes: Any) -> dict[str, str]:
    """What the editor sends."""
    return {"draft": json.dumps(three_web() | {"name": "newspaper"}), "parent": "", **changes}


def test_what_the_editor_holds_is_carried_into_the_form_and_proposed(people: Cast) -> None:
    alice = as_(people.alice)
    form = alice.post("/plans/newspaper/editor/", editor_form(act="propose", message="For the vote"))
    held = form.context["form"]["document"].value()

    alice.post("/plans/newspaper/propose/", {**WORDS, "source": "draft", "document": held})

    assert "What the editor holds" in form.text
    assert 'value="For the vote"' in form.text
    assert "is new: tier web" in form.text
    assert len(revisions.load(Proposal.objects.get().draft).hosts) == 4
    assert revisions.get(people.plan).number == 1


def test_a_team_that_changes_plans_by_proposals_alone_is_told_so_beside_save(people: Cast) -> None:
    Team.objects.update(only_proposals=True)

    text = as_(people.alice).get("/plans/newspaper/editor/").text

    assert "this team changes a plan by proposals alone; propose the change" in text
    assert 'value="save"' not in text
    assert 'value="propose"' in text


def test_the_editor_of_a_draft_says_what_it_edits_and_leads_back(people: Cast) -> None:
    proposal = proposed(people)

    text = as_(people.alice).get(f"/plans/{proposal.draft.slug}/editor/").text

    assert f'href="/proposals/{proposal.pk}/"' in text
    assert f"<h1>{proposal.title}</h1>" in text
    assert 'value="propose"' not in text


def test_a_stage_can_be_proposed_from_its_page(people: Cast) -> None:
    small_site(people)

    text = as_(people.alice).get("/plans/newspaper/stages/load_balanced/").text

    assert 'href="/plans/newspaper/propose/?stage=load_balanced"' in text


def test_the_plan_lists_what_is_proposed_and_which_revisions_were_accepted(people: Cast) -> None:
    accepted = proposal_at("accepted", people)
    proposed(people, title="Five", web=5)

    text = as_(people.vera).get("/plans/newspaper/").text

    assert "Five" in text
    assert f"accepted #{accepted.number}" in text


def test_proposing_something_else_keeps_what_the_editor_holds(people: Cast) -> None:
    base, parent = revisions.design_of(people.revision), people.revision.digest
    autosaving.keep(people.alice, people.plan, parent=parent, draft=three_web(), base=base)

    as_(people.alice).post("/plans/newspaper/propose/", {**WORDS, "source": "plan"})

    assert autosaving.kept(people.alice, people.plan) is not None


@pytest.mark.parametrize("page", ["", "proposals/", "bundle/"])
def test_a_broken_glass_is_loud_wherever_the_plan_is_shown(page: str, people: Cast) -> None:
    proposal = proposal_at("in_review", people)
    actions.break_glass(people.olive, proposal, digest=head_of(proposal).digest, reason="The site is down")

    text = as_(people.alice).get(f"/plans/newspaper/{page}").text

    assert "glass broken" in text
    assert page == "proposals/" or "The site is down" in text
    assert "word-good" not in text.split("glass broken")[0].split("<h1>")[1]


@pytest.mark.parametrize(("page", "holds"), [("", "newspaper-revisions"), ("proposals/", "newspaper-proposals")])
def test_the_lists_of_a_plan_are_files_too(page: str, holds: str, people: Cast) -> None:
    proposal = proposal_at("accepted", people)
    browser = as_(people.alice)

    shown, file = (browser.get(f"/plans/newspaper/{page}{query}") for query in ("", "?format=json"))

    assert f"/plans/newspaper/{page}?format=csv" in shown.text
    assert holds in file["Content-Disposition"]
    assert [row["proposal"] for row in file.json() if row["proposal"]] == [proposal.number]
    assert [row["broke_glass"] for row in file.json() if row["proposal"]] == [False]
