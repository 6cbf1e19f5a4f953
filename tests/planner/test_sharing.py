"""Links: one revision, for a while, revocable; whatever does not count looks the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from planner import sharing
from planner.models import Comment, ShareLink
from planner.review import Refused, actions
from tests.builders import newspaper
from tests.cast import Cast, cast
from topology import revisions

pytestmark = pytest.mark.django_db
READ, COMMENT = ShareLink.Kind.READ, ShareLink.Kind.COMMENT


@pytest.fixture
def people(settings: object) -> Cast:
    """The cast, on a site with accounts."""
    settings.ACCOUNTS = True  # type: ignore[attr-defined]
    return cast()


def proposal_link(people: Cast, kind: ShareLink.Kind = COMMENT) -> tuple[ShareLink, str]:
    """A link to a proposal of alice's."""
    proposal = actions.propose(people.alice, people.plan, title="More room", design=newspaper(notes="x"), message="x")
    actions.open_review(people.alice, proposal)
    return sharing.share(people.alice, proposal.draft, kind=kind, days=7)


def test_whoever_has_the_link_sees_the_revision(people: Cast, client: Client) -> None:
    _, token = sharing.share(people.alice, people.plan, kind=READ, days=7)

    answer = client.get(f"/share/{token}/")

    assert answer.status_code == 200
    assert "10.0.0.31" in answer.text
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    assert "no-store" in answer["Cache-Control"]


def test_a_later_revision_is_not_seen_through_it(people: Cast, client: Client) -> None:
    _, token = sharing.share(people.alice, people.plan, kind=READ, days=7)
    later = newspaper(tiers=[{"name": "zebra", "servers": {"count": 1, "type": "small"}, "roles": []}])
    revisions.record(people.plan, later, parent_digest=people.revision.digest, message="Later")

    assert "zebra" not in client.get(f"/share/{token}/").text


def test_what_does_not_count_looks_like_what_never_did(people: Cast, client: Client) -> None:
    link, revoked = sharing.share(people.alice, people.plan, kind=READ, days=7)
    sharing.revoke(people.alice, link)
    link, expired = sharing.share(people.alice, people.plan, kind=READ, days=1)
    ShareLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    _, good = sharing.share(people.alice, people.plan, kind=READ, days=7)
    altered = ("A" if good[0] != "A" else "B") + good[1:]

    answers = [client.get(f"/share/{token}/") for token in (revoked, expired, altered, "never")]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_the_token_is_not_kept(people: Cast) -> None:
    _, token = sharing.share(people.alice, people.plan, kind=READ, days=7)

    assert token not in str(list(ShareLink.objects.values()))


def test_a_guest_says_something_where_the_link_lets_them(people: Cast, client: Client) -> None:
    _, token = proposal_link(people)

    answer = client.post(f"/share/{token}/", {"name": "Gus <b>", "text": "Is the **disk** large enough?"})

    said = Comment.objects.get()
    assert (answer.status_code, said.guest, said.author) == (302, "Gus <b>", None)
    assert "Gus &lt;b&gt;" in client.get(f"/share/{token}/").text
    assert "<strong>disk</strong>" in client.get(f"/share/{token}/").text


def test_a_link_to_read_takes_no_comment(people: Cast, client: Client) -> None:
    _, token = proposal_link(people, READ)

    assert client.post(f"/share/{token}/", {"name": "Gus", "text": "Hello"}).status_code == 404
    assert not Comment.objects.exists()


def test_a_comment_that_is_too_long_comes_back(people: Cast, client: Client) -> None:
    _, token = proposal_link(people)

    answer = client.post(f"/share/{token}/", {"name": "Gus", "text": "x" * 20_001})

    assert answer.status_code == 422
    assert "x" * 20_001 in answer.text


def test_only_who_may_edit_shares(people: Cast) -> None:
    with pytest.raises(Refused, match="takes the role editor"):
        sharing.share(people.bob, people.plan, kind=READ, days=7)


def test_a_plan_alone_takes_no_comments(people: Cast) -> None:
    with pytest.raises(Refused, match="belong to a proposal"):
        sharing.share(people.alice, people.plan, kind=COMMENT, days=7)


@pytest.mark.parametrize("form", ["svg", "png"])
def test_a_picture_is_had_by_its_signed_address(form: str, people: Cast, client: Client) -> None:
    answer = client.get(f"/embed/{sharing.signed(people.revision)}.{form}")

    assert answer.status_code == 200
    assert answer.content.startswith(b"<?xml" if form == "svg" else b"\x89PNG")


@pytest.mark.parametrize("alter", [lambda text: text[:-1] + ("a" if text[-1] != "a" else "b"), lambda text: "x" + text])
def test_an_altered_address_shows_nothing(alter: object, people: Cast, client: Client) -> None:
    text = alter(sharing.signed(people.revision))  # type: ignore[operator]

    assert client.get(f"/embed/{text}.svg").status_code == 404


def test_links_are_made_on_a_page_and_shown_once(people: Cast, client: Client) -> None:
    client.force_login(people.alice)

    made = client.post("/plans/newspaper/share/", {"kind": "read", "days": "7"})

    address = made.text.split('<code class="token">')[1].split("<")[0]
    assert made.status_code == 201
    assert client.get(address.removeprefix("http://testserver")).status_code == 200
    assert address not in client.get("/plans/newspaper/share/").text


@pytest.mark.parametrize("name", ["olive", "  OLIVE ", "Alice"])
def test_a_guest_takes_nobodys_name(name: str, people: Cast, client: Client) -> None:
    _, token = proposal_link(people)

    answer = client.post(f"/share/{token}/", {"name": name, "text": "Looks fine to me"})

    assert answer.status_code == 422
    assert "Somebody of the team has this name" in answer.text or "somebody of the team has this name" in answer.text
    assert "Looks fine to me" in answer.text


def test_guests_do_not_fill_a_discussion(people: Cast) -> None:
    link, _ = proposal_link(people)
    for number in range(sharing.MOST_SAID):
        sharing.say(link, name="Gus", text=f"Word {number}")

    with pytest.raises(Refused, match="come back later"):
        sharing.say(link, name="Gus", text="One more")
    sharing.say(link, name="Gus", text="One more", now=timezone.now() + timedelta(hours=2))
