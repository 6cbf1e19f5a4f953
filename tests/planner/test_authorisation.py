"""Every address, by every method, for every kind of person: what the table of `authorisation.py` says, and no more."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from planner import inviting, outside, processes, ruling, sharing, tokens, webhooks
from planner.api import api
from planner.models import ROLES, Inquiry, Membership, Reading, Role, ShareLink, State, Team
from planner.pages import cheapest
from planner.review import actions, discussion
from planner.review.standing import standing
from tests.builders import newspaper
from tests.cast import TODAY, Cast, approved_by, cast, head_of, person, proposed
from tests.planner.authorisation import ACCOUNTS_OF_OTHERS, API, TABLE
from topology import document, revisions
from topology.merging import edits_between

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PASSED = {200, 201, 204, 302, 409, 412, 422}
"""Past the door: what was sent may still be refused for what it is."""
SECRET = "zanzibar"
"""Stands in every name of the team's, and in no answer to somebody outside."""
ACTORS = ("anonymous", "outsider", "viewer", "commenter", "editor", "approver", "owner", "author")
"""The author of the proposal, and of what is said of it, is a commenter by now: what is theirs is theirs still."""
SCOPES = ("read", "comment", "write", "approve")
TIERS = [
    {"name": "balancer", "servers": {"count": 1, "type": "small"}, "roles": ["haproxy"]},
    {"name": "web", "servers": {"count": 2, "type": "medium"}, "roles": ["nginx", "gunicorn"]},
    {"name": "database", "servers": [{"name": "db1", "type": "large"}], "roles": ["postgresql", "memcached"]},
]
WORKLOAD = {
    "peak_requests_per_second": 40,
    "classes": {"page": {"share": 0.5, "app_cpu_ms": 20, "database_cpu_ms": 5}, "static": {"share": 0.5}},
}
Sent = Mapping[str, Any]


@dataclass
class World:
    """A team with one of everything, and somebody of every kind."""

    people: Cast
    actors: Mapping[str, User | None]
    names: dict[str, Any] = field(default_factory=dict)
    """Values of the parameters in addresses, by the URL name that they are for, or for all."""
    proposal: Any = None
    head: str = ""
    """Digest of the plan's head."""
    draft: str = ""
    """Digest of the draft's."""


# --- What there is ----------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _no_processes(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    settings.ACCOUNTS = True
    settings.API_REQUESTS_PER_MINUTE = 100_000
    monkeypatch.setattr(processes, "start", lambda *args, **options: None)
    monkeypatch.setattr(outside, "check", lambda url: None)
    monkeypatch.setattr(cheapest, "plan_of", lambda inquiry, key: newspaper(notes="found"))


def world(state: State) -> World:
    """The world with its proposal in a state."""
    people = cast()
    editor = person("erin")
    Membership.objects.create(team=people.team, user=editor, role=Role.EDITOR)
    EmailAddress.objects.create(user=people.charlie, email=people.charlie.email, verified=True)
    _name_by_secret(people)
    whole = newspaper(tiers=TIERS, workload=WORKLOAD)
    revisions.record(people.plan, whole, parent_digest=people.revision.digest, message=SECRET, author="alice")
    people.plan.refresh_from_db()
    made = World(
        people=people,
        actors={
            "anonymous": None, "outsider": people.charlie, "viewer": people.vera, "commenter": people.bob,
            "editor": editor, "approver": people.carol, "owner": people.olive, "author": people.alice,
        },
        proposal=proposed(people, title=f"A third server of {SECRET}"),
    )  # fmt: skip
    _discuss(made)
    _lead_to(made, state)
    _add_doors(made)
    # Whose it is may do no more than that: the role alone would not.
    Membership.objects.filter(user=people.alice, team=people.team).update(role=Role.COMMENTER)
    made.head, made.draft = revisions.get(people.plan).digest, head_of(made.proposal).digest
    return made


def _name_by_secret(people: Cast) -> None:
    Team.objects.filter(pk=people.team.pk).update(name=f"Team of {SECRET}")
    type(people.plan).objects.filter(pk=people.plan.pk).update(name=f"Gazette of {SECRET}")
    people.team.refresh_from_db()
    people.plan.refresh_from_db()


def _discuss(made: World) -> None:
    proposal, author = made.proposal, made.people.alice
    thread = discussion.start_thread(author, proposal, anchor="", text=f"Why not four, in {SECRET}?")
    now = revisions.load(proposal.draft)
    edits = edits_between(now, now.model_copy(update={"notes": "four"}))
    suggestion = discussion.suggest(author, thread, text="Four.", edits=edits)
    blocking = discussion.start_thread(author, proposal, anchor="tier:web", text="Wait.", blocking=True)
    made.names |= {
        "thread": thread.pk, "comment": suggestion.comment_id, "suggestion": suggestion.pk,
        "thread_unblock": {"thread": blocking.pk},
    }  # fmt: skip
    discussion.resolve(author, blocking)


def _lead_to(made: World, state: State) -> None:
    people, proposal = made.people, made.proposal
    if state == State.WITHDRAWN:
        actions.withdraw(people.alice, proposal)
    if state in (State.IN_REVIEW, State.APPROVED):
        actions.open_review(people.alice, proposal)
    if state == State.APPROVED:
        for row in standing(proposal, today=TODAY).checks:
            if row.stops:
                actions.waive_check(people.dave, proposal, check=row.name, evidence=row.evidence, reason="Next month")
        approved_by(people.carol, proposal)
        approved_by(people.olive, proposal)
    proposal.refresh_from_db()
    assert proposal.state == state


def _add_doors(made: World) -> None:
    people, draft = made.people, made.proposal.draft
    now = timezone.now()
    _, token = sharing.share(people.alice, draft, kind=ShareLink.Kind.COMMENT, days=7)
    own, _ = sharing.share(people.alice, people.plan, kind=ShareLink.Kind.READ, days=7)
    hook = webhooks.add(people.olive, people.team, url="https://example.com/hook")
    rule = ruling.add(people.olive, people.team, area="role:redis", number=1)
    inviting.invite(people.olive, people.team, email=people.charlie.email, role=Role.VIEWER, now=now)
    invitation = people.team.invitations.get()
    key, _ = tokens.make(people.alice, name="hers", scopes=SCOPES)
    reading = Reading.objects.create(names=["a.log"], bytes_total=1, user=people.alice)
    read = Reading.objects.create(
        names=["a.log"], bytes_total=1, user=people.alice, state="done", answer={"workload": WORKLOAD}
    )
    Inquiry.objects.create(
        digest="d" * 64, kind="cheapest", revision=revisions.get(people.plan), answer={},
        asked={"p95_ms": 500, "availability": 0.9, "headroom": 0, "refused": 0, "budget": None, "types": "built-in"},
    )  # fmt: skip
    # Alice begins plans of her own elsewhere.
    Membership.objects.create(team=Team.objects.create(slug="hers", name="Hers"), user=people.alice, role=Role.EDITOR)
    made.names |= {
        "plan": people.plan.slug, "team": people.team.slug, "number": 2, "form": "svg", "host": "web1",
        "bundle_file": {"name": "etc/nginx/nginx.conf"}, "say": {"site": "newspaper"}, "episode": "deploy",
        "stage": {"name": "single"}, "take_stage": {"name": "single"}, "paper": {"paper": "checks"},
        "picture": {"name": "editor.png"}, "pk": made.proposal.pk,
        "token": str(mail.outbox[-1].body).split("/invitations/")[1].split("/")[0],
        "share": {"token": token}, "embed": {"signed": sharing.signed(head_of(made.proposal), made.proposal.base)},
        "share_revoke": {"pk": own.pk}, "webhook_change": {"pk": hook.pk}, "remove_rule": {"pk": rule.pk},
        "send_invitation": {"pk": invitation.pk}, "revoke_invitation": {"pk": invitation.pk},
        "token_revoke": {"pk": key.pk}, "reading": {"pk": reading.pk}, "plan_reading": {"pk": read.pk},
        "change_role": {"pk": Membership.objects.get(user=people.dave).pk},
        "remove_member": {"pk": Membership.objects.get(user=people.alice, team=people.team).pk},
    }  # fmt: skip


# --- What is sent -----------------------------------------------------------------------------------------------------


STATES: Mapping[str, State] = {
    "request_changes": State.IN_REVIEW,
    "approve": State.IN_REVIEW,
    "rescind": State.APPROVED,
    "accept": State.APPROVED,
    "break_glass": State.IN_REVIEW,
    "reopen": State.WITHDRAWN,
}
"""Of the proposal, where a verb takes another than a draft."""


def form_for(name: str, made: World) -> Sent:
    """A form that is right, so that only the person can be what is wrong."""
    head = {"parent": made.head}
    message = {"message": "m"}
    forms: dict[str, Sent] = {
        "restore": head,
        "keep": head | message | {"document": document.canonical(newspaper()).decode()},
        "editor": head | {"act": "save", "draft": json.dumps(document.to_data(newspaper(notes="x")))},
        "take_stage": head,
        "take_resize": head,
        "keep_forecast": head | {"asked": "web.count=4"},
        "cheapest_again": {"asked": CHEAPEST},
        "cheapest_take": head | {"inquiry": "d" * 64, "key": "1"},
        "cheapest_stop": {"asked": CHEAPEST},
        "simulated_again": {"asked": "seed=1"},
        "take_on": head | {"check": "x", "where": "y", "reason": "because it is so", "by": "me"},
        "take_back": head | {"check": "x", "where": "y"},
        "say": head,
        "plan_numbers": NUMBERS,
        "plan_reading": NAMES,
        "shares": {"kind": "read", "days": "7"},
        "share": {"name": "Guest", "text": "Hello"},
        "propose": {"source": "plan", "title": "t", "why": ""},
        "approve": {"digest": made.draft, "area": ["tier:web"]},
        "accept": {"digest": made.draft},
        "break_glass": {"digest": made.draft, "reason": "it burns"},
        "waive_check": {"check": "budget", "evidence": "0" * 64, "reason": "because"},
        "edit_words": {"title": "t", "why": "w"},
        "request_changes": {"note": "four"},
        "discussion": {"text": "Hm.", "anchor": ""},
        "discussion_preview": {"text": "Hm."},
        "thread_reply": {"text": "Hm."},
        "comment_edit": {"text": "Five.", "seen": discussion.digest_of("Four.")},
        "suggestion_apply": {"digest": made.draft},
        "tokens": {"name": "x", "scopes": ["read"], "days": "7"},
        "teams": {"name": "Mine"},
        "account": {"first_name": "Somebody"},
        "change_team": {"name": "n", "lead_days": "3"},
        "change_role": {"role": "viewer"},
        "invite": {"email": "new@example.com", "role": "viewer"},
        "add_rule": {"area": "*", "number": "1", "least_role": "approver"},
        "webhooks": {"url": "https://example.com/other"},
        "webhook_change": {"act": "off"},
        "presence": {"doing": "reading"},
    }
    return forms.get(name, {})


CHEAPEST = "p95=500&availability=99.9&headroom=30&refused=0&types=built-in"
NAMES = {"name": "x", "domain": "www.example.com"}
NUMBERS = {"peak": "5", "page_share": "30", "busy": "", "cores": "", "database_gib": "1", "media_gib": "5"} | NAMES


# --- Every address ----------------------------------------------------------------------------------------------------


def routes(patterns: list[Any], space: str = "", before: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    """Every address: its name, its route and its pattern."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space, route)
        else:
            yield f"{space}{pattern.name}" if pattern.name else route, route, pattern


ROUTES = {name: pattern for name, _, pattern in routes(get_resolver().url_patterns)}
PLACES = {name: route for name, route, _ in routes(get_resolver().url_patterns)}
OF_API = {name for name, route in PLACES.items() if route.startswith("api/v1/")}
MOVED = {name for name, pattern in ROUTES.items() if pattern.name is None}
"""Addresses without a name: the library's own, which lead on to others."""
OPERATIONS = {
    f"{method.upper()} {path.removeprefix('/api/v1')}": operation
    for path, methods in api.get_openapi_schema()["paths"].items()
    for method, operation in methods.items()
}


def test_every_address_is_in_the_table() -> None:
    known = set(TABLE) | set(ACCOUNTS_OF_OTHERS)
    listed = set(PLACES) - OF_API - MOVED

    assert listed - known == set(), "say in tests/planner/authorisation.py who may look and who may act there"
    assert known - listed == set(), "these addresses are gone; take them out of the table"
    assert all(PLACES[name].startswith("accounts/social/") for name in MOVED)


def test_every_route_of_the_api_is_in_the_table() -> None:
    assert set(OPERATIONS) == set(API)


def parameters_of(name: str) -> list[str]:
    """The parameters in an address."""
    return re.findall(r"<(?:\w+:)?(\w+)>", PLACES[name])


def address(name: str, made: World) -> str:
    """The address of a name, with what the world has in the place of its parameters."""
    wanted = parameters_of(name)
    special = made.names.get(name)
    values = {**made.names, **(special if isinstance(special, dict) else {})}
    return reverse(name, kwargs={key: values[key] for key in wanted})


# --- What is expected -------------------------------------------------------------------------------------------------


def expected(takes: str | None, actor: str, method: str, *, open_to_all: bool) -> Callable[[int, str], bool]:
    """Whether a status, and the address that it leads to, is what the table says."""
    if takes == "public" or (takes == "invited" and actor == "anonymous"):
        return lambda status, to: status in PASSED
    if actor == "anonymous" and not open_to_all:
        if method in ("GET", "HEAD"):
            return lambda status, to: status == 302 and to.startswith("/accounts/login/")
        return lambda status, to: status == 403
    if takes is None:
        return lambda status, to: status == 405 or (actor == "outsider" and status == 404)
    wanted = _wanted(takes, actor)
    return lambda status, to: status in wanted and not to.startswith("/accounts/login/")


def _wanted(takes: str, actor: str) -> set[int]:
    least, _, also = takes.partition("+")
    if least == "none":
        return {404}
    if least == "person" or (actor == "author" and "own" in (least, also)) or (least, actor) == ("invited", "outsider"):
        return PASSED
    if least == "invited":
        return {403}
    if least == "own":
        return {404} if actor == "outsider" else {403, 404}
    if least == "editor in any":
        return PASSED if actor in ("editor", "approver", "owner", "author") else {403}
    if actor == "outsider":
        return {404}
    role = Role.COMMENTER if actor == "author" else Role(actor)
    return PASSED if ROLES.index(role) >= ROLES.index(Role(least)) else {403}


def client_of(user: User | None) -> Client:
    """A browser of the person's."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend=BACKEND)
    return client


@pytest.mark.parametrize("name", sorted(TABLE))
def test_an_address_is_for_whom_the_table_says(name: str) -> None:
    made = world(STATES.get(name, State.DRAFT))
    look, act = TABLE[name]
    url = address(name, made)
    wrong = []
    for actor in ACTORS:
        client = client_of(made.actors[actor])
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
            takes = look if method in ("GET", "HEAD") else act if method == "POST" else None
            sent = form_for(name, made) if method == "POST" else {}
            with transaction.atomic():
                answer = getattr(client, method.lower())(url, sent)
                transaction.set_rollback(True)
            is_so = expected(takes, actor, method, open_to_all=look == "public")
            if not is_so(answer.status_code, answer.get("Location", "")):
                wrong.append(f"{method} by {actor}: {answer.status_code}, where it takes {takes}")
            if _tells(name, actor, answer):
                wrong.append(f"{method} by {actor} tells what is the team's")
            if answer.status_code == 403 and not _says_why(answer):
                wrong.append(f"{method} by {actor} is refused without a sentence")
            if answer.streaming:
                b"".join(answer.streaming_content)

    assert wrong == []


def _tells(name: str, actor: str, answer: Any) -> bool:
    """Whether somebody outside reads what is the team's; links that were given away are for that."""
    outside = actor in ("anonymous", "outsider") and name not in ("share", "embed", "invitation")
    return outside and not answer.streaming and SECRET in answer.content.decode(errors="replace").lower()


def _says_why(answer: Any) -> bool:
    text = answer.content.decode()
    return "problem" in text or "note-error" in text or "alert" in text


def test_what_the_api_is_tells_nothing_of_anybody() -> None:
    world(State.DRAFT)
    described = Client().get("/api/v1/openapi.json")

    assert described.status_code == 200
    assert SECRET not in described.text
    assert Client().get("/api/v1/").status_code == 404


@pytest.mark.parametrize("name", sorted(ACCOUNTS_OF_OTHERS))
def test_an_address_about_ones_account_needs_a_login(name: str) -> None:
    client = Client()
    values = {"pk": 1, "key": "x", "uidb36": "1", "provider_id": "none"}
    url = reverse(name, kwargs={key: values[key] for key in parameters_of(name)})

    for method in ("get", "head", "post", "put", "patch", "delete"):
        answer = getattr(client, method)(url)
        assert answer.status_code < 500
        if ACCOUNTS_OF_OTHERS[name] == "person":
            assert answer.status_code in (302, 401, 403, 405), f"{method}: {answer.status_code}"
            assert answer.status_code != 302 or "/login/" in answer["Location"]


# --- The API ----------------------------------------------------------------------------------------------------------


def body_for(operation: str, made: World) -> Any:
    """What is sent: right, so that only the person or the token can be what is wrong."""
    said = {"digest": made.draft}
    plain = document.to_data(newspaper(notes="x"))
    bodies: dict[str, Any] = {
        "POST /plans/": {"name": "x", "document": plain},
        "PUT /plans/{plan}/document/": {"document": plain, "message": "m"},
        "POST /plans/{plan}/proposals/": {"title": "t"},
        "PATCH /proposals/{pk}/": {"title": "t"},
        "POST /proposals/{pk}/request-changes/": {"note": "four"},
        "POST /proposals/{pk}/approve/": said | {"areas": ["tier:web"]},
        "POST /proposals/{pk}/waive/": {"check": "budget", "evidence": "0" * 64, "reason": "because"},
        "POST /proposals/{pk}/update/": {"choices": {}},
        "POST /proposals/{pk}/accept/": said,
        "POST /proposals/{pk}/break-glass/": said | {"reason": "it burns"},
        "POST /proposals/{pk}/evidence/": {"content_digest": "0" * 64, "report": {}},
        "POST /proposals/{pk}/threads/": {"text": "Hm."},
        "POST /threads/{pk}/comments/": {"text": "Hm."},
        "POST /suggestions/{pk}/apply/": said,
    }
    return bodies.get(operation)


def called(operation: str, made: World, token: str) -> Any:
    """The answer to an operation with a token; what it did is undone."""
    method, _, path = operation.partition(" ")
    names = made.names
    number = (
        names["thread"] if "/threads/{" in path else names["suggestion"] if "/suggestions/" in path else names["pk"]
    )
    url = "/api/v1" + path.format(plan=names["plan"], pk=number)
    headers = {"if-match": f'"{made.head}"'} | ({"authorization": f"Bearer {token}"} if token else {})
    body = body_for(operation, made) if made.head else None
    sent = b"" if body is None else json.dumps(body).encode()
    with transaction.atomic():
        answer = Client(raise_request_exception=False).generic(method, url, sent, "application/json", headers=headers)
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("operation", sorted(API))
def test_a_route_of_the_api_is_for_whom_the_table_says(operation: str) -> None:
    scope, least = API[operation]
    made = world(API_STATES.get(operation.rpartition("/proposals/{pk}/")[2], State.DRAFT))
    wrong = []
    for actor in ACTORS:
        user = made.actors[actor]
        token = "" if user is None else tokens.make(user, name="x", scopes=SCOPES)[1]
        answer = called(operation, made, token)
        if answer.status_code not in ({401} if user is None else _wanted(least, actor)):
            wrong.append(f"{actor}: {answer.status_code}, where it takes {least}")
        if actor in ("anonymous", "outsider") and SECRET in answer.text.lower():
            wrong.append(f"{actor} is told what is the team's")
    others = [each for each in SCOPES if each != scope]
    narrow = called(operation, made, tokens.make(made.people.olive, name="narrow", scopes=others)[1])

    assert wrong == []
    assert narrow.status_code == 403
    assert f"this takes {scope}" in narrow.json()["says"]
    assert called(operation, made, "tw_" + "x" * 40).status_code == 401


API_STATES = {name.replace("_", "-") + "/": state for name, state in STATES.items()}


@pytest.mark.parametrize("path", sorted({operation.partition(" ")[2] for operation in API}))
def test_another_method_of_the_api_is_refused(path: str) -> None:
    names = {"plan": "p", "pk": 1, "thread": 1, "suggestion": 1}
    nothing = World(people=None, actors={}, names=names)  # type: ignore[arg-type]
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        operation = f"{method} {path}"
        assert called(operation, nothing, "").status_code == (401 if operation in API else 405)
