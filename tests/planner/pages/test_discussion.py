"""The page of a discussion: what is there, what is said with and without scripts, and nothing typed is lost."""

from __future__ import annotations

import pytest
from django.conf import settings as site

from planner.models import Comment, Proposal, Thread
from planner.models.threads import MOST_TEXT
from planner.review import discussion
from planner.review.discussion import digest_of
from tests.cast import Cast
from tests.planner.talks import address, client_of, people, proposal, save, suggestion_of, thread_of
from topology import revisions

__all__ = ["people", "proposal"]
pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_a_stranger_finds_nothing(people: Cast, proposal: Proposal) -> None:
    thread = suggestion_of(people.bob, proposal, count="3")
    comment = thread.comments.get()
    client = client_of(people.charlie)

    for rest in ("discussion/", f"threads/{thread.pk}/", f"comments/{comment.pk}/edit/"):
        assert client.get(address(proposal, rest)).status_code == 404
    for rest in (
        "discussion/", "discussion/preview/", f"threads/{thread.pk}/reply/", f"threads/{thread.pk}/resolve/",
        f"threads/{thread.pk}/reopen/", f"threads/{thread.pk}/block/", f"threads/{thread.pk}/unblock/",
        f"comments/{comment.pk}/edit/", f"suggestions/{comment.suggestion.pk}/apply/",
    ):  # fmt: skip
        assert client.post(address(proposal, rest), {"text": "x"}).status_code == 404
    assert Comment.objects.count() == 1


def test_a_thread_of_another_proposal_is_not_here(people: Cast, proposal: Proposal) -> None:
    draft = revisions.branch(people.revision, slug="newspaper-p2", name="Proposal 2", author="alice")
    other = Proposal.objects.create(
        plan=people.plan, draft=draft, base=people.revision, number=2, title="Other", author=people.alice
    )
    thread = suggestion_of(people.bob, other, count="3")
    comment = thread.comments.get()
    client = client_of(people.alice)

    for rest in (
        f"threads/{thread.pk}/reply/", f"threads/{thread.pk}/resolve/", f"comments/{comment.pk}/edit/",
        f"suggestions/{comment.suggestion.pk}/apply/", f"threads/{2**70}/reply/", f"comments/{2**70}/edit/",
        f"suggestions/{2**70}/apply/",
    ):  # fmt: skip
        assert client.post(address(proposal, rest), {"text": "x"}).status_code == 404


# --- Beginning a thread ----------------------------------------------------------------------------------------------


def test_the_form_opens_on_the_place_of_the_address(people: Cast, proposal: Proposal) -> None:
    text = client_of(people.bob).get(address(proposal), {"anchor": "tier:web"}).text

    assert "Say something of the tier web" in text
    assert "2 × medium: runs nothing" in text
    assert 'name="to.count"' in text
    assert 'data-keep="begin:tier:web"' in text


@pytest.mark.parametrize("anchor", ["tier:cache", "<script>", "tier:web\x00", "x" * 5000])
def test_a_place_that_is_none_is_said_to_be_none(anchor: str, people: Cast, proposal: Proposal) -> None:
    answer = client_of(people.bob).get(address(proposal), {"anchor": anchor})

    assert answer.status_code == 200
    assert "names no place" in answer.text or "no such place by now" in answer.text
    assert "Say something of the proposal" in answer.text
    assert "<script>" not in answer.text.replace('<script src="', "")


def test_a_thread_begins_and_the_browser_is_told_what_was_said(people: Cast, proposal: Proposal) -> None:
    client = client_of(people.bob)

    answer = client.post(address(proposal), {"anchor": "tier:web", "text": "Why **two**?", "blocking": "yes"})

    thread = Thread.objects.get()
    assert (answer.status_code, thread.blocking) == (302, True)
    assert answer["Location"] == f"{address(proposal)}?show=open&said=begin%3Atier%3Aweb#thread-{thread.pk}"
    assert "Why <strong>two</strong>?" in client.get(answer["Location"]).text


def test_a_thread_begins_with_a_suggestion(people: Cast, proposal: Proposal) -> None:
    sent = {"anchor": "tier:web", "text": "Three.", "to.count": "3", "to.type": ""}

    client_of(people.bob).post(address(proposal), sent)

    assert Comment.objects.get().suggestion.edits == [{"path": "tiers/web/servers/count", "was": 2, "value": 3}]


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"text": ""}, "Say something"),
        ({"text": "y" * (MOST_TEXT + 1)}, "a comment takes 20,000 characters"),
        ({"text": "kept\x00"}, "Remove control characters"),
        ({"text": "kept", "to.count": "none"}, "A tier has from 1 to 5,000 servers"),
        ({"text": "kept", "to.type": "enormous"}, "no server type is called enormous"),
        ({"text": "kept", "anchor": "tier:cache"}, "here is no such place"),
        ({"text": "kept", "anchor": "no place"}, "names no place"),
    ],
)
def test_a_refused_form_comes_back_with_what_was_typed(
    sent: dict[str, str], sentence: str, people: Cast, proposal: Proposal
) -> None:
    answer = client_of(people.bob).post(address(proposal), {"anchor": "tier:web", "blocking": "yes", **sent})

    assert answer.status_code == 422
    assert sentence.lower() in answer.text.lower()
    assert sent["text"].replace("\x00", "") in answer.text.replace("\x00", "")
    assert 'name="blocking" value="yes" checked' in answer.text
    assert not Comment.objects.exists()


def test_ten_megabytes_are_too_much_for_a_form(people: Cast, proposal: Proposal) -> None:
    answer = client_of(people.bob).post(address(proposal), {"text": "x" * (10 << 20)}, headers=HTMX)

    assert site.DATA_UPLOAD_MAX_MEMORY_SIZE < 10 << 20
    assert (answer.status_code, answer["HX-Retarget"]) == (413, "#trouble")
    assert "too much text" in answer.text
    assert not Comment.objects.exists()


def test_a_viewer_learns_why_there_is_no_form(people: Cast, proposal: Proposal) -> None:
    client = client_of(people.vera)

    text = client.get(address(proposal)).text
    answer = client.post(address(proposal), {"anchor": "", "text": "kept"})

    assert "this takes the role commenter" in text
    assert answer.status_code == 403
    assert not Comment.objects.exists()


def test_script_is_shown_as_text(people: Cast, proposal: Proposal) -> None:
    client = client_of(people.bob)
    client.post(address(proposal), {"anchor": "", "text": "<script>alert(1)</script> [x](javascript:alert(1)) @bob"})

    text = client.get(address(proposal)).text

    assert "<script>alert" not in text
    assert 'href="javascript' not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert '<span class="mention">@bob</span>' in text


def test_what_is_typed_is_shown_as_it_will_look(people: Cast, proposal: Proposal) -> None:
    client, where = client_of(people.bob), address(proposal, "discussion/preview/")

    assert "<strong>yes</strong>" in client.post(where, {"text": "**yes** <b onclick=x>"}, headers=HTMX).text
    assert "onclick=x&gt;" in client.post(where, {"text": "**yes** <b onclick=x>"}, headers=HTMX).text
    assert "cannot be said like this" in client.post(where, {"text": "x" * 20_001}, headers=HTMX).text
    assert client.post(where, {"text": ""}, headers=HTMX).text.strip() == ""


# --- Replying and settling -------------------------------------------------------------------------------------------


def test_htmx_gets_the_thread_again_after_a_reply(people: Cast, proposal: Proposal) -> None:
    thread = thread_of(people.bob, proposal)

    answer = client_of(people.carol).post(
        address(proposal, f"threads/{thread.pk}/reply/"), {"text": "For failure."}, headers=HTMX
    )

    assert answer.status_code == 200
    assert answer.text.count('class="comment"') == 2
    assert f'id="thread-{thread.pk}"' in answer.text
    assert "<html" not in answer.text


def test_without_scripts_a_reply_leads_back_to_its_thread(people: Cast, proposal: Proposal) -> None:
    thread = thread_of(people.bob, proposal)

    answer = client_of(people.carol).post(address(proposal, f"threads/{thread.pk}/reply/"), {"text": "For failure."})

    assert answer["Location"].endswith(f"?show=open&said=thread-{thread.pk}#thread-{thread.pk}")


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_refused_reply_comes_back_in_its_thread(headers: dict[str, str], people: Cast, proposal: Proposal) -> None:
    thread = thread_of(people.bob, proposal)

    answer = client_of(people.carol).post(
        address(proposal, f"threads/{thread.pk}/reply/"), {"text": "kept\x07", "to.count": "77"}, headers=headers
    )

    assert answer.status_code == 422
    assert "Remove control characters" in answer.text
    assert "kept" in answer.text
    assert 'value="77"' in answer.text
    assert ("<html" in answer.text) == (not headers)


def test_a_reply_may_suggest_another_value(people: Cast, proposal: Proposal) -> None:
    thread = thread_of(people.bob, proposal)
    client = client_of(people.carol)

    offered = client.get(address(proposal, f"threads/{thread.pk}/"), {"suggest": thread.pk}, headers=HTMX)
    said = client.post(
        address(proposal, f"threads/{thread.pk}/reply/"), {"text": "Five.", "to.count": "5"}, headers=HTMX
    )

    assert 'name="to.count"' in offered.text
    assert "Suggested change" in said.text
    assert "the number of servers of the tier web" in said.text


def test_a_thread_is_settled_and_taken_up_again(people: Cast, proposal: Proposal) -> None:
    thread = thread_of(people.bob, proposal)
    client = client_of(people.bob)

    settled = client.post(address(proposal, f"threads/{thread.pk}/resolve/"), headers=HTMX)
    again = client.post(address(proposal, f"threads/{thread.pk}/reopen/"))

    assert "Settled by Bob" in settled.text
    assert again["Location"] == f"{address(proposal)}?show=open#thread-{thread.pk}"
    thread.refresh_from_db()
    assert thread.resolved_at is None


def test_who_may_not_settle_it_learns_why(people: Cast, proposal: Proposal) -> None:
    thread = thread_of(people.carol, proposal, blocking=True)
    client = client_of(people.alice)

    text = client.get(address(proposal)).text
    answer = client.post(address(proposal, f"threads/{thread.pk}/resolve/"), headers=HTMX)

    assert "a blocking thread is settled by who began it" in text
    assert (answer.status_code, answer["HX-Retarget"]) == (403, "#trouble")


def test_a_thread_blocks_and_no_longer(people: Cast, proposal: Proposal) -> None:
    thread = thread_of(people.bob, proposal)
    client = client_of(people.bob)

    assert ">blocking<" in client.post(address(proposal, f"threads/{thread.pk}/block/"), headers=HTMX).text
    assert ">blocking<" not in client.post(address(proposal, f"threads/{thread.pk}/unblock/"), headers=HTMX).text


def test_a_link_to_a_thread_leads_to_the_page_that_shows_it(people: Cast, proposal: Proposal) -> None:
    thread = thread_of(people.bob, proposal)
    discussion.resolve(people.bob, thread)

    answer = client_of(people.alice).get(address(proposal, f"threads/{thread.pk}/"))

    assert answer["Location"] == f"{address(proposal)}?show=resolved#thread-{thread.pk}"


# --- Mending ---------------------------------------------------------------------------------------------------------


def test_a_comment_is_mended_and_shows_what_it_said(people: Cast, proposal: Proposal) -> None:
    comment = thread_of(people.bob, proposal).comments.get()
    client, where = client_of(people.bob), address(proposal, f"comments/{comment.pk}/edit/")

    form = client.get(where, headers=HTMX)
    answer = client.post(where, {"text": "Why not three?", "seen": digest_of("Why two?")}, headers=HTMX)

    assert "Why two?</textarea>" in form.text
    assert f'name="seen" value="{digest_of("Why two?")}"' in form.text
    assert "Why not three?" in answer.text
    assert "1 earlier version" in answer.text
    assert "<p>Why two?</p>" in answer.text


def test_mending_works_without_scripts(people: Cast, proposal: Proposal) -> None:
    comment = thread_of(people.bob, proposal).comments.get()
    client, where = client_of(people.bob), address(proposal, f"comments/{comment.pk}/edit/")

    form = client.get(where)
    answer = client.post(where, {"text": "Three?", "seen": digest_of("Why two?")})

    assert "Why two?</textarea>" in form.text
    assert "<html" in form.text
    assert answer["Location"].endswith(f"said=comment-{comment.pk}#thread-{comment.thread_id}")


def test_mending_what_changed_meanwhile_shows_both(people: Cast, proposal: Proposal) -> None:
    comment = thread_of(people.bob, proposal).comments.get()
    discussion.edit_comment(people.bob, comment, text="theirs", seen=digest_of("Why two?"))

    answer = client_of(people.bob).post(
        address(proposal, f"comments/{comment.pk}/edit/"), {"text": "mine", "seen": digest_of("Why two?")}
    )

    assert answer.status_code == 409
    assert "mine</textarea>" in answer.text
    assert '<pre class="source mb-0">theirs</pre>' in answer.text
    assert f'name="seen" value="{digest_of("theirs")}"' in answer.text


def test_another_does_not_get_to_mend_it(people: Cast, proposal: Proposal) -> None:
    comment = thread_of(people.bob, proposal).comments.get()
    where = address(proposal, f"comments/{comment.pk}/edit/")

    answer = client_of(people.olive).post(where, {"text": "x", "seen": digest_of("Why two?")})

    assert answer.status_code == 403
    assert f'href="{where}"' not in client_of(people.olive).get(address(proposal)).text
    comment.refresh_from_db()
    assert comment.text == "Why two?"


# --- Suggestions -----------------------------------------------------------------------------------------------------


def test_a_suggestion_is_applied_by_one_click(people: Cast, proposal: Proposal) -> None:
    suggestion = suggestion_of(people.bob, proposal, count="3").comments.get().suggestion
    client = client_of(people.alice)
    digest = revisions.get(proposal.draft).digest

    offered = client.get(address(proposal)).text
    answer = client.post(address(proposal, f"suggestions/{suggestion.pk}/apply/"), {"digest": digest}, follow=True)

    assert f'name="digest" value="{digest}"' in offered
    assert "Saved as revision 2: Apply what Bob suggests" in answer.text
    assert ">applied<" in answer.text
    assert revisions.get(proposal.draft).co_author == "bob"


def test_a_suggestion_is_not_applied_to_what_was_not_seen(people: Cast, proposal: Proposal) -> None:
    suggestion = suggestion_of(people.bob, proposal, count="3").comments.get().suggestion
    digest = revisions.get(proposal.draft).digest
    save(people, proposal, type="large")

    answer = client_of(people.alice).post(address(proposal, f"suggestions/{suggestion.pk}/apply/"), {"digest": digest})

    assert answer.status_code == 409
    assert "The draft is at revision 2 by now" in answer.text


def test_a_reviewer_suggests_what_the_editor_holds(people: Cast, proposal: Proposal) -> None:
    thread = thread_of(people.carol, proposal, text="How many?")
    client, where = client_of(people.bob), f"/plans/{proposal.draft.slug}/editor/"
    form = client.get(where, {"suggest": thread.pk}).text
    head = revisions.get(proposal.draft)
    sent = {
        "draft": head.document, "parent": head.digest, "tier.0.count": "5", "act": "suggest", "suggest": str(thread.pk),
        "message": "Five, for the elections",
    }  # fmt: skip

    answer = client.post(where, sent)

    assert f'name="suggest" value="{thread.pk}"' in form
    assert answer["Location"] == address(proposal, f"threads/{thread.pk}/")
    comment = thread.comments.latest("pk")
    assert (comment.author, comment.text) == (people.bob, "Five, for the elections")
    assert comment.suggestion.edits == [{"path": "tiers/web/servers/count", "was": 2, "value": 5}]
    assert revisions.get(proposal.draft).number == 1


def test_a_suggestion_that_is_refused_leaves_the_editor_as_it_was(people: Cast, proposal: Proposal) -> None:
    head = revisions.get(proposal.draft)
    sent = {"draft": head.document, "parent": head.digest, "tier.0.count": "5", "act": "suggest", "message": "x\x07"}

    answer = client_of(people.bob).post(f"/plans/{proposal.draft.slug}/editor/", sent)

    assert answer.status_code == 422
    assert "remove control characters" in answer.text
    assert 'value="5"' in answer.text
    assert not Comment.objects.exists()


def test_another_gets_no_form_to_mend_it(people: Cast, proposal: Proposal) -> None:
    comment = thread_of(people.bob, proposal).comments.get()

    answer = client_of(people.olive).get(address(proposal, f"comments/{comment.pk}/edit/"), headers=HTMX)

    assert answer.status_code == 200
    assert 'name="seen"' not in answer.text
