"""The threads of a proposal on its page: in order, narrowed, carried to the newest revision, in few queries."""

from __future__ import annotations

from typing import Any

import pytest

from planner.models import Comment, Proposal, Thread
from planner.review import discussion
from planner.review.discussion import Guest
from planner.threads import board_of, said_by_place
from tests.cast import Cast
from tests.planner.talks import address, client_of, people, proposal, save, suggestion_of, thread_of
from topology import revisions

__all__ = ["people", "proposal"]
pytestmark = pytest.mark.django_db


def test_the_page_shows_threads_by_place_in_the_order_of_the_design(people: Cast, proposal: Proposal) -> None:
    for anchor in ("metric:capacity", "server:db1", "", "tier:database", "tier:web", "check:budget"):
        thread_of(people.bob, proposal, anchor=anchor, text=f"Of {anchor or 'all'}.")

    text = client_of(people.vera).get(address(proposal)).text

    said = [text.index(f"Of {each}.") for each in ("all", "tier:web", "tier:database", "server:db1")]
    assert said == sorted(said)
    assert text.index("Of server:db1.") < text.index("Of metric:capacity.") < text.index("Of check:budget.")


def test_the_page_is_narrowed(people: Cast, proposal: Proposal) -> None:
    thread_of(people.bob, proposal, text="Of bob.")
    thread_of(people.carol, proposal, text="Of carol.", anchor="server:db1", blocking=True)
    discussion.resolve(people.carol, thread_of(people.carol, proposal, text="Done.", anchor=""))
    client = client_of(people.bob)

    def shown(**asked: str) -> set[str]:
        text = client.get(address(proposal), asked).text
        return {each for each in ("Of bob.", "Of carol.", "Done.") if each in text}

    assert shown() == shown(show="open") == shown(show="nonsense") == {"Of bob.", "Of carol."}
    assert shown(show="blocking") == {"Of carol."}
    assert shown(show="mine") == {"Of bob."}
    assert shown(show="resolved") == {"Done."}
    assert shown(show="outdated") == set()
    assert shown(anchor="server:db1") == {"Of carol."}


def test_a_value_that_changed_is_shown_with_what_it_was(people: Cast, proposal: Proposal) -> None:
    thread_of(people.bob, proposal)
    save(people, proposal, count=5)

    text = client_of(people.bob).get(address(proposal)).text

    assert (
        "was <code>2 × medium: runs nothing</code> when this began, now <code>5 × medium: runs nothing</code>" in text
    )


def test_a_place_that_is_gone_is_outdated_with_what_it_said(people: Cast, proposal: Proposal) -> None:
    thread_of(people.bob, proposal, anchor="server:web2")
    save(people, proposal, count=1)

    text = client_of(people.bob).get(address(proposal), {"show": "outdated"}).text

    assert ">outdated<" in text
    assert "<code>medium at 10.0.0.12: runs nothing</code>" in text
    assert "No longer there" in text


def test_a_suggestion_that_no_longer_fits_says_why(people: Cast, proposal: Proposal) -> None:
    suggestion_of(people.bob, proposal, count="3")
    save(people, proposal, count=7)

    text = client_of(people.alice).get(address(proposal)).text

    assert "this change no longer fits: the number of servers of the tier web is 7" in text
    assert "/apply/" not in text


def test_a_commenter_sees_a_suggestion_and_why_it_is_not_theirs_to_apply(people: Cast, proposal: Proposal) -> None:
    suggestion_of(people.bob, proposal, count="3")

    assert "this takes the role editor" in client_of(people.bob).get(address(proposal)).text


def test_a_guest_is_called_a_guest(people: Cast, proposal: Proposal) -> None:
    discussion.start_thread(Guest(name="<b>Gus</b>"), proposal, anchor="", text="Hello")

    text = client_of(people.alice).get(address(proposal)).text

    assert "<strong>&lt;b&gt;Gus&lt;/b&gt;</strong>" in text
    assert ">guest<" in text


def test_queries_do_not_grow_with_what_is_said(
    people: Cast, proposal: Proposal, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        thread = (
            suggestion_of(people.bob, proposal, count="3")
            if number == 0
            else thread_of(people.bob, proposal, text=f"{number}", anchor=("tier:web", "server:db1", "")[number % 3])
        )
        discussion.reply(people.carol, thread, text="Yes.")
    client = client_of(people.alice)
    client.get(address(proposal))

    with django_assert_max_num_queries(15):
        client.get(address(proposal))


def test_many_threads_come_in_pages(people: Cast, proposal: Proposal) -> None:
    revision = revisions.get(proposal.draft)
    for number in range(45):
        thread = Thread.objects.create(proposal=proposal, anchor="", revision=revision)
        Comment.objects.create(thread=thread, author=people.bob, text=f"Number {number}.")
    client = client_of(people.bob)

    first, second = client.get(address(proposal)).text, client.get(address(proposal), {"page": "2"}).text

    assert first.count('class="comment"') == 40
    assert second.count('class="comment"') == 5
    assert client.get(address(proposal), {"page": "x"}).status_code == 200


def test_signs_on_other_pages_count_what_is_open_where_it_is_now(people: Cast, proposal: Proposal) -> None:
    thread_of(people.bob, proposal)
    thread_of(people.bob, proposal, text="And the type?")
    discussion.resolve(people.bob, thread_of(people.bob, proposal, anchor="server:db1"))
    thread_of(people.bob, proposal, anchor="server:web2")
    save(people, proposal, count=1)

    assert said_by_place(proposal, revisions.get(proposal.draft)) == {"tier:web": 2}


def test_a_guest_sees_the_board_and_no_way_to_change_it(people: Cast, proposal: Proposal) -> None:
    suggestion_of(people.bob, proposal, count="3")
    voice = discussion.guest_voice(proposal)

    board = board_of(voice, proposal, revisions.get(proposal.draft))

    [talk] = board.groups[0].talks
    refusals = (talk.why_not_resolve, talk.why_not_block, talk.said[0].offer and talk.said[0].offer.why_not)
    assert set(refusals) == {discussion.GUESTS}
    assert board.counts["mine"] == 0


def test_a_long_thread_is_folded_between_its_beginning_and_its_end(people: Cast, proposal: Proposal) -> None:
    thread = thread_of(people.bob, proposal)
    for number in range(19):
        Comment.objects.create(thread=thread, author=people.carol, text=f"Number {number}.")

    text = client_of(people.bob).get(address(proposal)).text

    assert "13</span> comments between" in text
    assert text.count('class="comment"') == 20
    order = [text.index(each) for each in ("Why two?", "comments between", "Number 12.", "Number 13.", "Number 18.")]
    assert order == sorted(order)
