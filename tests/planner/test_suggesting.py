"""What may be suggested at a place, and the edits that come of it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from planner.models import Proposal
from planner.review import Refused, discussion, recording
from planner.review.anchors import Sight, parse
from planner.suggesting import edits_of, fields_of, offer
from tests.builders import NEWSPAPER
from tests.cast import Cast, cast, head_of, proposal_at
from topology import revisions
from topology.components import catalogue
from topology.design import Design
from topology.document import from_data, to_data
from topology.errors import TierwrightError
from topology.merging import apply, edits_to_data
from topology.models import Revision

PLAN: dict[str, Any] = {
    **NEWSPAPER,
    "tiers": [
        {"name": "web", "servers": {"count": 2, "type": "medium"}, "roles": ["nginx", {"gunicorn": {"workers": 9}}]},
        {
            "name": "database",
            "servers": [
                {"name": "db1", "type": "large", "address": "10.0.0.31"},
                {"name": "db2", "type": "large", "roles": ["postgresql_replica"]},
            ],
            "roles": [{"postgresql": {"max_connections": 50}}],
        },
    ],
}


def plan() -> Design:
    """A plan with a counted and a listed tier."""
    return from_data(deepcopy(PLAN), catalogue=catalogue())


def sight() -> Sight:
    """The plan as anchors look at it."""
    return sight_of(plan())


def sight_of(design: Design) -> Sight:
    """A design without files."""
    return Sight(design, text_of=lambda *_: None, figure_of=lambda _: None, check_of=lambda _: None)


def edits(anchor: str, **sent: str) -> list[dict[str, Any]]:
    """The edits of a form, each known to fit."""
    found = edits_of(parse(anchor), plan(), {f"to.{name}": text for name, text in sent.items()})
    apply(plan(), found)
    return edits_to_data(found)


@pytest.mark.parametrize(
    ("anchor", "sent", "edit"),
    [
        ("tier:web", {"count": "3"}, {"path": "tiers/web/servers/count", "was": 2, "value": 3}),
        ("tier:web", {"type": "large"}, {"path": "tiers/web/servers/type", "was": "medium", "value": "large"}),
        ("tier:web", {"drop": "nginx"}, {"path": "tiers/web/roles/nginx", "was": {}}),
        ("tier:web", {"add": "haproxy"}, {"path": "tiers/web/roles/haproxy", "value": {}}),
        (
            "server:db1",
            {"type": "small"},
            {"path": "tiers/database/servers/db1/type", "was": "large", "value": "small"},
        ),
        (
            "setting:web/gunicorn.workers",
            {"value": " 17 "},
            {"path": "tiers/web/roles/gunicorn/workers", "was": 9, "value": 17},
        ),
        ("setting:web/gunicorn.workers", {"derived": "on"}, {"path": "tiers/web/roles/gunicorn/workers", "was": 9}),
        (
            "setting:web/gunicorn.threads",
            {"value": "4"},
            {"path": "tiers/web/roles/gunicorn/threads", "value": 4},
        ),
        (
            "setting:db1/postgresql.max_connections",
            {"value": "70"},
            {"path": "tiers/database/servers/db1/settings", "value": {"postgresql": {"max_connections": 70}}},
        ),
    ],
)
def test_a_form_becomes_edits(anchor: str, sent: dict[str, str], edit: dict[str, Any]) -> None:
    assert edit in edits(anchor, **sent)


def test_a_server_with_roles_of_its_own_is_changed_there() -> None:
    found = edits("setting:db2/postgresql_replica.max_connections", value="60")

    assert found == [
        {"path": "tiers/database/servers/db2/roles/postgresql_replica/max_connections", "value": 60}
    ]  # fmt: skip


def test_what_is_left_as_it_is_suggests_nothing() -> None:
    assert edits("tier:web", count=" ", type="") == []
    assert edits("metric:p95", value="3") == []


@pytest.mark.parametrize(
    ("anchor", "sent", "sentence"),
    [
        ("tier:web", {"count": "2"}, "what stands there already"),
        ("tier:web", {"count": "0"}, "from 1 to 5,000 servers"),
        ("tier:web", {"count": "many"}, "from 1 to 5,000 servers"),
        ("tier:web", {"count": "9" * 5000}, "from 1 to 5,000 servers"),
        ("tier:web", {"count": "\u0663"}, "from 1 to 5,000 servers"),
        ("tier:web", {"type": "huge; rm -rf"}, "use letters, digits, dots"),
        ("tier:web", {"add": "no_such_role"}, "no role is called no_such_role"),
        ("tier:cache", {"count": "2"}, "no tier is called cache"),
        ("setting:web/gunicorn.workers", {"value": "many"}, "number|integer"),
        ("setting:web1/gunicorn.workers", {"value": "3"}, "no server of its own is called web1"),
        ("setting:web/gunicorn.nothing", {"value": "3"}, "nothing"),
    ],
)
def test_what_does_not_hold_together_is_refused_with_a_sentence(
    anchor: str, sent: dict[str, str], sentence: str
) -> None:
    with pytest.raises(TierwrightError, match=sentence):
        edits(anchor, **sent)


@pytest.mark.parametrize(
    ("anchor", "names"),
    [
        ("tier:web", ["to.count", "to.type", "to.add", "to.drop"]),
        ("server:db1", ["to.type"]),
        ("server:web1", []),
        ("setting:web/gunicorn.workers", ["to.value", "to.derived"]),
        ("setting:web/gunicorn.threads", ["to.value"]),
        ("setting:web1/gunicorn.workers", []),
        ("setting:web/gunicorn.nothing", []),
        ("setting:web/apache.workers", []),
        ("file:web1/etc/nginx/nginx.conf", []),
        ("metric:p95", []),
        ("", []),
    ],
)
def test_a_form_offers_what_may_be_changed_at_its_place(anchor: str, names: list[str]) -> None:
    assert [field.name for field in fields_of(parse(anchor), sight())] == names


def test_a_setting_is_typed_as_what_it_is() -> None:
    for role, component in catalogue().by_role.items():
        for name in component.settings.model_fields:
            data = deepcopy(PLAN)
            data["tiers"][0]["roles"] = [role]
            look = sight_of(from_data(data, catalogue=catalogue()))
            fields = fields_of(parse(f"setting:web/{role}.{name}"), look)
            assert fields[0].kind in ("number", "text", "choice")
            assert fields[0].now


# --- From the editor -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestOffer:
    """What the editor holds is said in the discussion, in place of being saved."""

    def test_it_begins_a_thread_on_the_tier_that_it_changes(self) -> None:
        people, proposal, head = _proposal()

        thread = offer(people.bob, proposal, _with(head, count=5), parent_digest=head.digest, text="Five.")

        assert (thread.anchor, thread.comments.get().text) == ("tier:web", "Five.")
        assert thread.comments.get().suggestion.edits == [{"path": "tiers/web/servers/count", "was": 3, "value": 5}]

    def test_it_is_of_the_whole_where_it_changes_more(self) -> None:
        people, proposal, head = _proposal()
        design = _with(head, count=5).model_copy(update={"notes": "five"})

        thread = offer(people.bob, proposal, design, parent_digest=head.digest, text="Five.")

        assert thread.anchor == ""

    def test_it_goes_into_the_thread_that_it_was_opened_from(self) -> None:
        people, proposal, head = _proposal()
        thread = discussion.start_thread(people.carol, proposal, anchor="", text="How many?")

        found = offer(
            people.bob, proposal, _with(head, count=5), parent_digest=head.digest, text="5", thread=str(thread.pk)
        )

        assert found == thread
        assert [comment.text for comment in thread.comments.all()] == ["How many?", "5"]

    def test_what_others_saved_meanwhile_is_not_undone(self) -> None:
        people, proposal, head = _proposal()
        recording.save(
            people.alice, proposal.draft, _with(head, type="large"), parent_digest=head.digest, message="Meanwhile"
        )

        thread = offer(people.bob, proposal, _with(head, count=5), parent_digest=head.digest, text="Five.")

        assert thread.comments.get().suggestion.edits == [{"path": "tiers/web/servers/count", "was": 3, "value": 5}]

    @pytest.mark.parametrize("parent", ["", "x" * 64, "a\x00", "\u0661"])
    def test_a_form_that_did_not_arrive_whole_suggests_nothing(self, parent: str) -> None:
        people, proposal, head = _proposal()

        with pytest.raises(Refused, match="did not arrive whole"):
            offer(people.bob, proposal, _with(head, count=5), parent_digest=parent, text="Five.")
        with pytest.raises(TierwrightError, match="nothing is changed yet"):
            offer(people.bob, proposal, revisions.design_of(head), parent_digest=head.digest, text="Five.")


def _proposal() -> tuple[Cast, Proposal, Revision]:
    people = cast()
    proposal = proposal_at("in_review", people)
    return people, proposal, head_of(proposal)


def _with(revision: Revision, **servers: Any) -> Design:
    """The design of a revision with other servers in the web tier."""
    data = to_data(revisions.design_of(revision))
    data["tiers"][0]["servers"] |= servers
    return from_data(data, catalogue=catalogue())
