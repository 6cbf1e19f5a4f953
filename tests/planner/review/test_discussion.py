"""What people say of a proposal: kept whole, by whom it may be said, and a suggestion that one click applies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from planner.models import Comment, Event, Proposal, Thread
from planner.models.threads import MOST_TEXT
from planner.review import Refused, Stale, discussion, recording
from planner.review.discussion import Guest, StaleText, digest_of
from tests.cast import Cast, cast, proposal_at
from tests.planner.talks import people, proposal, thread_of
from topology import revisions
from topology.components import catalogue
from topology.design import Design
from topology.document import from_data, to_data
from topology.errors import TierwrightError
from topology.merging import Edit, PatchRefused, edits_between

__all__ = ["people", "proposal"]
pytestmark = pytest.mark.django_db


def changed(proposal: Proposal, **servers: Any) -> Design:
    """The head of the draft with other servers in the web tier."""
    data = to_data(revisions.load(proposal.draft))
    data["tiers"][0]["servers"] |= servers
    return from_data(data, catalogue=catalogue())


def edits(proposal: Proposal, **servers: Any) -> tuple[Edit, ...]:
    """The edits that lead there."""
    return edits_between(revisions.load(proposal.draft), changed(proposal, **servers))


def head(proposal: Proposal) -> str:
    """Digest of the draft's head."""
    return revisions.get(proposal.draft).digest


def last(proposal: Proposal) -> Event:
    """The newest event."""
    return Event.objects.filter(proposal=proposal.pk).latest("number")


def test_a_thread_keeps_what_stood_at_its_place(people: Cast, proposal: Proposal) -> None:
    thread = thread_of(people.bob, proposal, blocking=True)

    assert (thread.quote, thread.blocking, thread.revision.number) == ("2 × medium: runs nothing", True, 1)
    assert [(c.author, c.text) for c in thread.comments.all()] == [(people.bob, "Why two?")]
    event = last(proposal)
    assert (event.verb, event.actor, event.data["anchor"], event.data["text"]) == (
        "start_thread", "bob", "tier:web", digest_of("Why two?"),
    )  # fmt: skip
    assert {row["kind"] for row in event.data["rows"]} == {"thread", "comment"}


def test_a_place_that_is_not_there_begins_nothing(people: Cast, proposal: Proposal) -> None:
    with pytest.raises(TierwrightError, match="there is no such place"):
        thread_of(people.bob, proposal, anchor="tier:cache")

    assert not Thread.objects.exists()


@pytest.mark.parametrize("name", ["vera", "charlie"])
def test_viewers_and_outsiders_say_nothing(name: str, people: Cast, proposal: Proposal) -> None:
    thread = thread_of(people.bob, proposal)
    who = getattr(people, name)

    for say in (
        lambda: thread_of(who, proposal),
        lambda: discussion.reply(who, thread, text="x"),
        lambda: discussion.resolve(who, thread),
        lambda: discussion.reopen_thread(who, thread),
        lambda: discussion.set_blocking(who, thread, blocking=True),
    ):
        with pytest.raises(Refused):
            say()

    assert Comment.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "say something"),
        (" \r\n\t", "say something"),
        ("a" * (MOST_TEXT + 1), "takes 20,000 characters and this has 20,001"),
        ("a\x00b", "control characters"),
        ("a\u202eb", "text-direction"),
        ("\ud800", "control characters"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence(
    text: str, sentence: str, people: Cast, proposal: Proposal
) -> None:
    with pytest.raises(TierwrightError, match=sentence):
        thread_of(people.bob, proposal, text=text)

    assert not Comment.objects.exists()


def test_lines_are_kept_however_a_browser_ends_them(people: Cast, proposal: Proposal) -> None:
    assert thread_of(people.bob, proposal, text=" a\r\nb\rc\n ").comments.get().text == "a\nb\nc"


def test_a_form_that_was_sent_twice_says_it_once(people: Cast, proposal: Proposal) -> None:
    thread = thread_of(people.bob, proposal)

    assert thread_of(people.bob, proposal) == thread
    assert discussion.reply(people.bob, thread, text="And?") == discussion.reply(people.bob, thread, text="And?")
    assert thread.comments.count() == 2
    assert discussion.reply(people.carol, thread, text="And?").author == people.carol


def test_the_same_words_after_another_have_spoken_are_said_again(people: Cast, proposal: Proposal) -> None:
    thread = thread_of(people.bob, proposal)
    first = discussion.reply(people.bob, thread, text="+1")
    other = discussion.reply(people.carol, thread, text="Again?")

    assert discussion.reply(people.bob, thread, text="+1", after=first.pk - 1) == first
    assert discussion.reply(people.bob, thread, text="+1", after=other.pk) != first


def test_the_same_words_on_another_place_are_another_thread(people: Cast, proposal: Proposal) -> None:
    assert thread_of(people.bob, proposal) != thread_of(people.bob, proposal, anchor="server:db1")


def test_a_thread_has_its_measure(people: Cast, proposal: Proposal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discussion, "MOST_COMMENTS", 2)
    monkeypatch.setattr(discussion, "MOST_THREADS", 1)
    thread = thread_of(people.bob, proposal)
    discussion.reply(people.bob, thread, text="2")

    with pytest.raises(Refused, match="at most 2 comments"):
        discussion.reply(people.bob, thread, text="3")
    with pytest.raises(Refused, match="at most 1 threads"):
        thread_of(people.bob, proposal, text="4")


# --- Mending ---------------------------------------------------------------------------------------------------------


def test_a_comment_is_mended_by_its_author_and_keeps_what_it_said(people: Cast, proposal: Proposal) -> None:
    comment = thread_of(people.bob, proposal).comments.get()

    discussion.edit_comment(people.bob, comment, text="Why not three?", seen=digest_of("Why two?"))

    comment.refresh_from_db()
    assert comment.text == "Why not three?"
    assert [version.text for version in comment.versions.all()] == ["Why two?"]
    assert (last(proposal).verb, last(proposal).data["text"]) == ("edit_comment", digest_of("Why not three?"))


def test_another_does_not_mend_it(people: Cast, proposal: Proposal) -> None:
    comment = thread_of(people.bob, proposal).comments.get()

    with pytest.raises(Refused, match="by its author alone"):
        discussion.edit_comment(people.olive, comment, text="x", seen=digest_of("Why two?"))


def test_mending_what_has_changed_meanwhile_loses_neither_text(people: Cast, proposal: Proposal) -> None:
    comment = thread_of(people.bob, proposal).comments.get()
    discussion.edit_comment(people.bob, comment, text="theirs", seen=digest_of("Why two?"))

    with pytest.raises(StaleText) as refusal:
        discussion.edit_comment(people.bob, comment, text="mine", seen=digest_of("Why two?"))

    assert (refusal.value.mine, refusal.value.theirs, refusal.value.status) == ("mine", "theirs", 409)


def test_mending_nothing_writes_nothing(people: Cast, proposal: Proposal) -> None:
    comment = thread_of(people.bob, proposal).comments.get()

    discussion.edit_comment(people.bob, comment, text="Why two? ", seen="")

    assert last(proposal).verb == "start_thread"
    assert not comment.versions.exists()


# --- Settling --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("blocking", "starter", "able"),
    [
        (False, "bob", {"bob", "alice", "carol", "dave", "olive"}),
        (True, "bob", {"bob", "carol", "dave", "olive"}),
        (True, "carol", {"carol", "dave", "olive"}),
        (True, "alice", {"alice", "carol", "dave", "olive"}),
    ],
)
def test_who_settles_a_thread(
    blocking: bool, starter: str, able: set[str], people: Cast, proposal: Proposal
) -> None:  # fmt: skip
    names = ("alice", "bob", "carol", "dave", "olive", "vera", "charlie")
    thread = thread_of(getattr(people, starter), proposal, blocking=blocking)

    voices = {name: discussion.voice_of(getattr(people, name), proposal) for name in names}
    refusals = {
        name: discussion.why_not_resolve(voice, thread, getattr(people, starter).pk) for name, voice in voices.items()
    }

    assert {name for name, why_not in refusals.items() if why_not is None} == able


def test_an_approver_does_not_settle_what_blocks_their_own_proposal(people: Cast, proposal: Proposal) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(author=people.carol)
    proposal.refresh_from_db()
    thread = thread_of(people.bob, proposal, blocking=True)

    with pytest.raises(Refused, match="a blocking thread is settled by"):
        discussion.resolve(people.carol, thread)


def test_a_thread_is_settled_and_taken_up_again(people: Cast, proposal: Proposal) -> None:
    thread = thread_of(people.bob, proposal, blocking=True)
    assert discussion.blocking_of(proposal) == 1

    discussion.resolve(people.carol, thread)
    discussion.resolve(people.carol, thread)
    assert (thread.resolved_by, discussion.blocking_of(proposal)) == (people.carol, 0)

    discussion.reopen_thread(people.bob, thread)
    thread.refresh_from_db()
    assert (thread.resolved_by, thread.resolved_at) == (None, None)
    verbs = Event.objects.filter(proposal=proposal.pk).order_by("number").values_list("verb", flat=True)
    assert list(verbs) == ["start_thread", "resolve", "reopen_thread"]


def test_a_thread_is_made_to_block_and_no_longer(people: Cast, proposal: Proposal) -> None:
    thread = thread_of(people.bob, proposal)

    with pytest.raises(Refused, match="who began the thread, or an approver"):
        discussion.set_blocking(people.alice, thread, blocking=True)
    discussion.set_blocking(people.carol, thread, blocking=True)
    with pytest.raises(Refused, match="a blocking thread is settled by"):
        discussion.set_blocking(people.alice, thread, blocking=False)
    discussion.set_blocking(people.bob, thread, blocking=False)

    assert not Thread.objects.get().blocking


# --- Guests ----------------------------------------------------------------------------------------------------------


def test_a_guest_comments_under_a_name(people: Cast, proposal: Proposal) -> None:
    thread = thread_of(Guest(name="Gus"), proposal)
    discussion.reply(Guest(name="Gus"), thread, text="Hello?")

    assert [(c.author, c.guest) for c in thread.comments.all()] == [(None, "Gus"), (None, "Gus")]
    assert (last(proposal).actor, last(proposal).user) == ("guest Gus", None)


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "a\nb\x00", "\u202egus"])
def test_a_guest_without_a_name_says_nothing(name: str, proposal: Proposal) -> None:
    with pytest.raises(TierwrightError, match="say who you are"):
        thread_of(Guest(name=name), proposal)


def test_a_guest_blocks_nothing_and_changes_nothing(people: Cast, proposal: Proposal) -> None:
    for more in ({"blocking": True}, {"edits": edits(proposal, count=3)}):
        with pytest.raises(Refused, match="a guest comments"):
            thread_of(Guest(name="Gus"), proposal, **more)


def test_a_guest_says_nothing_of_what_is_decided(people: Cast, proposal: Proposal) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(state="accepted")
    proposal.refresh_from_db()

    with pytest.raises(Refused, match="the proposal is accepted"):
        thread_of(Guest(name="Gus"), proposal)


# --- Suggestions -----------------------------------------------------------------------------------------------------


def test_a_suggestion_becomes_a_revision_of_two(people: Cast, proposal: Proposal) -> None:
    thread = thread_of(people.bob, proposal)
    suggestion = discussion.suggest(people.bob, thread, text="Three.", edits=edits(proposal, count=3))

    revision = discussion.apply_suggestion(people.alice, suggestion, digest=head(proposal))

    assert (revision.number, revision.author, revision.co_author) == (2, "alice", "bob")
    assert revision.message == "Apply what Bob suggests: the number of servers of the tier web 2 → 3"
    assert len(revisions.load(proposal.draft).hosts) == 4
    suggestion.refresh_from_db()
    assert suggestion.applied == revision
    assert (last(proposal).verb, last(proposal).data["revision"]) == ("apply_suggestion", 2)


def test_a_thread_may_begin_with_a_suggestion(people: Cast, proposal: Proposal) -> None:
    thread = thread_of(people.bob, proposal, edits=edits(proposal, count=3))

    suggestion = thread.comments.get().suggestion

    assert suggestion.edits == [{"path": "tiers/web/servers/count", "was": 2, "value": 3}]
    assert last(proposal).data["suggestion"] == suggestion.pk


def test_a_suggestion_that_does_not_hold_together_is_refused(people: Cast, proposal: Proposal) -> None:
    thread = thread_of(people.bob, proposal)
    for wrong, error in (
        (Edit(path="tiers/web/servers/type", was="medium", value="no-such"), TierwrightError),
        (Edit(path="tiers/web/servers/count", was=7, value=3), PatchRefused),
    ):
        with pytest.raises(error):
            discussion.suggest(people.bob, thread, text="This", edits=[wrong])
    with pytest.raises(Refused, match="changes something"):
        discussion.suggest(people.bob, thread, text="This", edits=[])

    assert thread.comments.count() == 1


def test_a_commenter_suggests_and_does_not_apply(people: Cast, proposal: Proposal) -> None:
    suggestion = discussion.suggest(
        people.bob, thread_of(people.bob, proposal), text="3", edits=edits(proposal, count=3)
    )

    with pytest.raises(Refused, match="this takes the role editor"):
        discussion.apply_suggestion(people.bob, suggestion, digest=head(proposal))


def test_a_suggestion_is_not_applied_to_what_nobody_saw(people: Cast, proposal: Proposal) -> None:
    suggestion = discussion.suggest(
        people.bob, thread_of(people.bob, proposal), text="3", edits=edits(proposal, count=3)
    )
    seen = head(proposal)
    save(people, proposal, type="large")

    with pytest.raises(Stale, match="the draft is at revision 2 by now"):
        discussion.apply_suggestion(people.alice, suggestion, digest=seen)
    discussion.apply_suggestion(people.alice, suggestion, digest=head(proposal))
    with pytest.raises(Stale, match="was applied already: it is revision 3"):
        discussion.apply_suggestion(people.alice, suggestion, digest=head(proposal))


def test_a_suggestion_that_no_longer_fits_says_what_is_there_now(people: Cast, proposal: Proposal) -> None:
    suggestion = discussion.suggest(
        people.bob, thread_of(people.bob, proposal), text="3", edits=edits(proposal, count=3)
    )
    save(people, proposal, count=5)

    with pytest.raises(Stale, match="of servers of the tier web is 5, and the change was made where it was 2"):
        discussion.apply_suggestion(people.alice, suggestion, digest=head(proposal))
    assert revisions.get(proposal.draft).number == 2


def save(people: Cast, proposal: Proposal, **servers: Any) -> None:
    """A revision by Alice meanwhile."""
    design = changed(proposal, **servers)
    recording.save(people.alice, proposal.draft, design, parent_digest=head(proposal), message="Meanwhile")


# --- Many at once ----------------------------------------------------------------------------------------------------


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_a_form_that_is_sent_many_times_at_once_is_said_once() -> None:
    people = cast()
    proposal = proposal_at("in_review", people)
    thread = thread_of(people.carol, proposal, text="Well?")

    newest, before = thread.comments.get().pk, Event.objects.filter(proposal=proposal.pk).count()

    def say(number: int) -> None:
        try:
            thread_of(people.bob, proposal, anchor="server:db1", text="Once", after=thread.pk)
            discussion.reply(people.bob, Thread.objects.get(pk=thread.pk), text=f"{number % 4}", after=newest)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(say, range(24)))

    assert Thread.objects.filter(anchor="server:db1").count() == 1
    assert sorted(comment.text for comment in thread.comments.all()) == ["0", "1", "2", "3", "Well?"]
    assert Event.objects.filter(proposal=proposal.pk).count() == before + 5
