"""The verbs of a discussion: begin a thread, reply, mend, settle, and suggest a change that one click applies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from planner import audit, plans
from planner.models import Comment, CommentVersion, Proposal, Suggestion, Thread
from planner.models.threads import MOST_TEXT
from planner.people import name_of
from planner.review import Refused, Stale, anchors, policies, recording
from planner.review.moving import warm_design
from planner.review.sights import sight_of
from planner.review.voices import (
    GUESTS,
    Guest,
    Speaker,
    Voice,
    decided,
    guest_voice,
    voice_of,
    why_not_block,
    why_not_mend,
    why_not_resolve,
)
from planner.turns import in_turn
from topology import revisions
from topology.design import Design
from topology.errors import Place, TierwrightError
from topology.fields import UNPRINTABLE
from topology.merging import MOST_EDITS, Edit, PatchRefused, apply, edits_from_data, edits_to_data, shown, told
from topology.models import Revision

__all__ = [
    "GUESTS", "Guest", "Speaker", "StaleText", "Voice", "apply_suggestion", "blocking_of", "clean", "digest_of",
    "edit_comment", "guest_voice", "reopen_thread", "reply", "resolve", "set_blocking", "start_thread", "starter_of",
    "suggest", "voice_of", "why_not_block", "why_not_mend", "why_not_resolve",
]  # fmt: skip

MOST_THREADS = 1000
"""Threads of one proposal."""
MOST_COMMENTS = 300
"""Comments of one thread."""
LONGEST_NAME = 80


class StaleText(Stale):
    """The comment says something else than what was being mended; it carries both texts."""

    def __init__(self, *, mine: str, theirs: str) -> None:
        self.mine, self.theirs = mine, theirs
        super().__init__(
            "this comment was changed since you opened it; nothing of yours is lost, both texts are here",
            place=Place(path="text"),
        )


def start_thread(
    who: Speaker,
    proposal: Proposal,
    *,
    anchor: str,
    text: str,
    blocking: bool = False,
    edits: Sequence[Edit] = (),
    revision: Revision | None = None,
    after: int | None = None,
) -> Thread:
    """Begin a thread on a place of the draft's head, or of the `revision` of it that was looked at.

    Sent twice, it is one thread: `after` is the id of the newest thread that the person saw; without it, only the
    newest there is is taken for the same.
    """
    _refuse_silence(who, proposal, is_more=blocking or bool(edits))
    said, place = clean(text), anchors.parse(anchor)
    seen = revision or revisions.get(proposal.draft)
    quote = anchors.quote_of(place, sight_of(proposal, seen))
    with _turn(proposal):
        again = _begun_again(proposal, who, anchor, said, after)
        if again:
            return again
        if proposal.threads.count() >= MOST_THREADS:
            raise Refused(f"a proposal has at most {MOST_THREADS:,} threads; reply to one that is there")
        thread = Thread.objects.create(
            proposal=proposal, anchor=anchor, quote=quote, revision=seen, blocking=blocking
        )  # fmt: skip
        _say(who, thread, said, edits, verb="start_thread", also=[thread], blocking=blocking)
    return thread


def reply(who: Speaker, thread: Thread, *, text: str, edits: Sequence[Edit] = (), after: int | None = None) -> Comment:
    """Say something in a thread. Sent twice, it is said once: `after` is the id of the newest comment seen in it."""
    _refuse_silence(who, thread.proposal, is_more=bool(edits))
    said = clean(text)
    with _turn(thread.proposal):
        again = _said_again(thread, who, said, after)
        if again:
            return again
        if thread.comments.count() >= MOST_COMMENTS:
            raise Refused(f"a thread has at most {MOST_COMMENTS} comments; begin another on the same place")
        return _say(who, thread, said, edits, verb="suggest" if edits else "reply")


def suggest(user: User, thread: Thread, *, text: str, edits: Sequence[Edit]) -> Suggestion:
    """Offer a change of the draft in a thread."""
    if not edits:
        raise Refused("a suggestion changes something; write another value than the one that stands there")
    return reply(user, thread, text=text, edits=edits).suggestion


def edit_comment(user: User, comment: Comment, *, text: str, seen: str) -> Comment:
    """Mend one's own comment, what it said before is kept; `seen` is the digest of the text that was being mended."""
    proposal = comment.thread.proposal
    _refuse(why_not_mend(voice_of(user, proposal), comment))
    said = clean(text)
    with _turn(proposal):
        comment.refresh_from_db(fields=["text", "edited_at"])
        if said == comment.text:
            return comment
        if digest_of(comment.text) != seen:
            raise StaleText(mine=said, theirs=comment.text)
        version = CommentVersion.objects.create(comment=comment, text=comment.text)
        comment.text, comment.edited_at = said, version.until
        comment.save(update_fields=["text", "edited_at"])
        _write(user, comment.thread, "edit_comment", [comment, version], comment=comment.pk, text=digest_of(said))
    return comment


def resolve(user: User, thread: Thread) -> Thread:
    """Settle a thread."""
    with _turn(thread.proposal):
        _renew(thread)
        _refuse(why_not_resolve(voice_of(user, thread.proposal), thread, starter_of(thread)))
        if thread.resolved_at is None:
            _settle(user, thread, "resolve", at=timezone.now(), by=user)
    return thread


def reopen_thread(user: User, thread: Thread) -> Thread:
    """Take up a thread again that was settled."""
    with _turn(thread.proposal):
        _renew(thread)
        _refuse(policies.why_not_comment(user, thread.proposal))
        if thread.resolved_at is not None:
            _settle(user, thread, "reopen_thread", at=None, by=None)
    return thread


def set_blocking(user: User, thread: Thread, *, blocking: bool) -> Thread:
    """Let a thread keep the proposal from being accepted while it is open, or no longer."""
    with _turn(thread.proposal):
        _renew(thread)
        voice = voice_of(user, thread.proposal)
        _refuse(voice.why_not_comment)
        if thread.blocking == blocking:
            return thread
        _refuse(why_not_block(voice, thread, starter_of(thread)))
        thread.blocking = blocking
        thread.save(update_fields=["blocking"])
        _write(user, thread, "set_blocking", [thread], blocking=blocking)
    return thread


def apply_suggestion(user: User, suggestion: Suggestion, *, digest: str) -> Revision:
    """Make the suggested change a revision, with who suggested it as co-author; `digest` is that of the head seen.

    Raises Stale where the draft has moved on, or where something else stands now than what the change was made for.
    """
    comment = suggestion.comment
    proposal = comment.thread.proposal
    _refuse(policies.why_not_edit(user, proposal))
    edits = edits_from_data(suggestion.edits)
    head = revisions.get(proposal.draft)
    design = _changed(suggestion, head, edits, digest)
    warm_design(design, beside=revisions.design_of(proposal.base))
    with _turn(proposal):
        # Looked at again with the lock in hand: somebody may have been first.
        suggestion.refresh_from_db(fields=["applied"])
        head = revisions.get(proposal.draft)
        design = _changed(suggestion, head, edits, digest)
        message, co_author = _message(name_of(comment.author), edits), comment.author
        revision = recording.save(
            user, proposal.draft, design, parent_digest=digest, message=message,
            co_author=co_author if co_author != user else None,
        )  # fmt: skip
        suggestion.applied = revision
        suggestion.save(update_fields=["applied"])
        number = {"suggestion": suggestion.pk, "comment": comment.pk, "revision": revision.number}
        _write(user, comment.thread, "apply_suggestion", [suggestion, revision], **number)
    return revision


def _changed(suggestion: Suggestion, head: Revision, edits: Sequence[Edit], digest: str) -> Design:
    """The head with the suggested change, where the head is the one that was seen and the change fits it."""
    if suggestion.applied is not None:
        raise Stale(f"this suggestion was applied already: it is revision {suggestion.applied.number}")
    if head.digest != digest:
        raise Stale(f"the draft is at revision {head.number} by now; look at it again, then apply what still fits")
    try:
        return apply(revisions.design_of(head), edits)
    except PatchRefused as refusal:
        raise Stale(refusal.sentence, place=refusal.place) from refusal


def clean(text: str) -> str:
    """What was said, as it is kept; refused with a sentence where it is nothing, too much, or not to be read."""
    said = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not said:
        raise _unsayable("say something: a comment without words tells nobody anything")
    if len(said) > MOST_TEXT:
        raise _unsayable(
            f"a comment takes {MOST_TEXT:,} characters and this has {len(said):,}; say it shorter, or link to the rest"
        )
    if UNPRINTABLE.search(said):
        raise _unsayable("remove control characters and text-direction marks")
    return said


def digest_of(text: str) -> str:
    """SHA-256 of a comment's text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def starter_of(thread: Thread) -> int | None:
    """The id of who began the thread; None for a guest."""
    return thread.comments.order_by("pk").values_list("author", flat=True).first()


def blocking_of(proposal: Proposal) -> int:
    """How many open threads keep the proposal from being accepted."""
    return proposal.threads.filter(blocking=True, resolved_at=None).count()


def _say(
    who: Speaker,
    thread: Thread,
    text: str,
    edits: Sequence[Edit],
    *,
    verb: str,
    also: Iterable[Model] = (),
    **more: Any,
) -> Comment:
    comment = Comment.objects.create(thread=thread, text=text, **_by(who))
    rows: list[Model] = [*also, comment]
    if edits:
        rows.append(_offer(comment, edits))
        more["suggestion"] = rows[-1].pk
    _write(who, thread, verb, rows, comment=comment.pk, text=digest_of(text), **more)
    return comment


def _offer(comment: Comment, edits: Sequence[Edit]) -> Suggestion:
    """Keep the change, once it is known to fit and to change something."""
    if len(edits) > MOST_EDITS:
        raise Refused(f"a suggestion has at most {MOST_EDITS} edits; open the editor and save a revision instead")
    head = revisions.get(comment.thread.proposal.draft)
    apply(revisions.design_of(head), edits)
    return Suggestion.objects.create(comment=comment, edits=edits_to_data(edits), against=head.digest)


def _write(who: Speaker, thread: Thread, verb: str, rows: Iterable[Model], **data: Any) -> None:
    proposal = thread.proposal
    actor = f"guest {who.name}" if isinstance(who, Guest) else who
    said = {"thread": thread.pk, "anchor": thread.anchor, **data}
    audit.write(plans.team_of(proposal.plan), actor, verb, proposal=proposal, data=said, rows=rows)
    Proposal.objects.filter(pk=proposal.pk).update(updated_at=timezone.now())


def _refuse_silence(who: Speaker, proposal: Proposal, *, is_more: bool) -> None:
    """Guests comment while something may still come of it; what holds others up or changes the draft takes a member."""
    if isinstance(who, User):
        _refuse(policies.why_not_comment(who, proposal))
        return
    if not proposal.is_open:
        raise Refused(decided(proposal))
    if is_more:
        raise Refused(GUESTS)
    if not who.name.strip() or len(who.name) > LONGEST_NAME or UNPRINTABLE.search(who.name):
        raise TierwrightError(f"say who you are, in at most {LONGEST_NAME} characters", place=Place(path="name"))


def _refuse(why_not: str | None) -> None:
    if why_not:
        raise Refused(why_not)


def _unsayable(sentence: str) -> TierwrightError:
    return TierwrightError(sentence, place=Place(path="text"))


@contextmanager
def _turn(proposal: Proposal) -> Iterator[None]:
    """One transaction, in which nobody else says anything in the same proposal: what is counted and compared holds."""
    with in_turn(), transaction.atomic():
        Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
        yield


def _renew(thread: Thread) -> None:
    thread.refresh_from_db(fields=["blocking", "resolved_at", "resolved_by"])


def _settle(user: User, thread: Thread, verb: str, *, at: datetime | None, by: User | None) -> None:
    thread.resolved_at, thread.resolved_by = at, by
    thread.save(update_fields=["resolved_at", "resolved_by"])
    _write(user, thread, verb, [thread])


def _begun_again(proposal: Proposal, who: Speaker, anchor: str, text: str, after: int | None) -> Thread | None:
    """The thread that this would begin once more: the form was sent twice."""
    newest = proposal.threads.order_by("-pk").values_list("pk", flat=True).first() or 0
    mine = {f"comments__{name}": value for name, value in _by(who).items()}
    since = newest - 1 if after is None else after
    return proposal.threads.filter(pk__gt=since, anchor=anchor, comments__text=text, **mine).first()


def _said_again(thread: Thread, who: Speaker, text: str, after: int | None) -> Comment | None:
    newest = thread.comments.order_by("-pk").values_list("pk", flat=True).first() or 0
    since = newest - 1 if after is None else after
    return thread.comments.filter(pk__gt=since, text=text, **_by(who)).first()


def _by(who: Speaker) -> dict[str, Any]:
    return {"author": None, "guest": who.name} if isinstance(who, Guest) else {"author": who, "guest": ""}


def _message(name: str, edits: Sequence[Edit]) -> str:
    first, more = edits[0], len(edits) - 1
    rest = f" and {more} more" if more else ""
    text = f"Apply what {name} suggests: {told(first.path)} {shown(first.was)} → {shown(first.value)}{rest}"
    return " ".join(text.split())[:300]
