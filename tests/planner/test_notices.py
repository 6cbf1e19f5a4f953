"""Who is told, what the head of every page says of it, and when it counts as seen."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planner import mails, notices, teams
from planner.models import Comment, Membership, Notice, Proposal
from planner.review import actions, discussion
from tests.cast import Cast, cast, proposal_at

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def people(settings: LazySettings) -> Cast:
    """The cast, on a site with accounts."""
    settings.ACCOUNTS = True
    return cast()


@pytest.fixture
def proposal(people: Cast) -> Proposal:
    """In review, so that carol is asked."""
    return proposal_at("in_review", people)


def as_(user: User) -> Client:
    """The browser of a person."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def waiting(user: User) -> list[str]:
    """Reasons of the notices that the person has not seen."""
    return list(Notice.objects.filter(user=user, seen_at=None).values_list("reason", flat=True))


def test_the_head_of_every_page_counts_what_is_new(people: Cast, proposal: Proposal) -> None:
    assert "1<span" in as_(people.carol).get(reverse("start")).text.split("Your turn")[1][:90]
    assert "new notice" not in as_(people.alice).get(reverse("start")).text


def test_what_a_look_at_the_proposal_shows_is_seen(people: Cast, proposal: Proposal) -> None:
    told = waiting(people.carol)

    as_(people.carol).get(reverse("proposal", args=[proposal.pk]))

    assert (told, waiting(people.carol)) == (["review"], [])


def test_a_look_of_one_person_marks_nothing_of_another(people: Cast, proposal: Proposal) -> None:
    as_(people.carol).get(reverse("proposal", args=[proposal.pk]))

    assert waiting(people.dave) == ["review"]


def test_who_was_named_has_seen_it_only_where_it_was_said(people: Cast, proposal: Proposal) -> None:
    discussion.start_thread(people.alice, proposal, anchor="", text="@carol, is that enough?")
    browser = as_(people.carol)

    browser.get(reverse("proposal", args=[proposal.pk]))
    after_overview = waiting(people.carol)
    browser.get(reverse("discussion", args=[proposal.pk]))

    assert (after_overview, waiting(people.carol)) == (["mention"], [])


def test_a_file_of_a_table_is_no_look(people: Cast, proposal: Proposal) -> None:
    as_(people.carol).get(reverse("proposal", args=[proposal.pk]), {"format": "csv"})

    assert waiting(people.carol) == ["review"]


def test_who_left_the_team_is_told_nothing_more_of_it(people: Cast, proposal: Proposal) -> None:
    actions.edit_words(people.alice, proposal, title="What came later", why="", decide_by=None)
    teams.remove(people.olive, Membership.objects.get(user=people.carol))

    page = as_(people.carol).get(reverse("notices")).text

    assert "What came later" not in page
    assert "new notice" not in page
    assert people.carol not in [letter.user for letter in notices.letters(before=timezone.now())]
    assert people.dave in [letter.user for letter in notices.letters(before=timezone.now())]


def test_whom_an_edited_comment_names_anew_is_told(people: Cast, proposal: Proposal) -> None:
    discussion.start_thread(people.alice, proposal, anchor="", text="Look at this, @bob")
    comment = Comment.objects.get()
    Notice.objects.all().delete()

    discussion.edit_comment(
        people.alice, comment, text="Look at this, @bob and @dave", seen=discussion.digest_of(comment.text)
    )

    assert list(Notice.objects.values_list("user__username", "reason")) == [("dave", "mention")]


def test_a_digest_goes_out_once_and_is_tried_again_where_mail_is_down(
    people: Cast, proposal: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = timezone.now() + mails.PAUSE + mails.PAUSE

    with monkeypatch.context() as down:
        down.setattr(EmailMessage, "send", refuse)
        assert mails.send_digests(now=later) == (0, 3)
    assert mails.send_digests(now=later) == (3, 0)
    assert mails.send_digests(now=later) == (0, 0)

    letter = next(one for one in mail.outbox if one.to == ["carol@example.com"])
    assert "your approval is asked for" in letter.body
    assert f"/proposals/{proposal.pk}/" in letter.body


def refuse(message: EmailMessage, **more: object) -> int:
    """A mail server that is not there."""
    raise ConnectionRefusedError


def test_a_subject_is_one_line_whatever_people_write(people: Cast, proposal: Proposal) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(title="Two\r\nBcc: everybody@example.com")

    mails.send_digests(now=timezone.now() + mails.PAUSE + mails.PAUSE)

    assert {line.count("\n") for line in [one.subject for one in mail.outbox]} == {0}
    assert all("bcc" not in one.extra_headers for one in mail.outbox)
