"""The verbs of a discussion: begin a thread, reply, mend, settle, and suggest a change that one click applies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from planner import audit, plans
from planner.models import Comment, CommentVersion, Proposal, Role, Suggestion, Thread
from planner.models.threads import MOST_TEXT
from planner.people import name_of
from planner.review import Refused, Stale, anchors, policies, recording
from planner.review.sights import sight_of
from topology import revisions
from topology.errors import Place, TierwrightError
from topology.fields import UNPRINTABLE
from topology.merging import MOST_EDITS, Edit, PatchRefused, apply, edits_from_data, edits_to_data, shown, told
from topology.models import Revision

MOST_THREADS = 1000
"""Threads of one proposal."""
MOST_COMMENTS = 300
"""Comments of one thread."""
LONGEST_NAME = 80
GUESTS = "a guest comments; for anything more, ask for a place in the team"


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody who came by a link to share, under a name of their own choice."""

    name: str


Speaker = User | Guest


class StaleText(Stale):
    """The comment says something else than what was being mended; it carries both texts."""

    def __init__(self, *, mine: str, theirs: str) -> None:
        self.mine, self.theirs = mine, theirs
        super().__init__(
            "this comment was changed since you opened it; nothing of yours is lost, both texts are here",
            place=Place(path="text"),
        )


@dataclass(frozen=True, kw_only=True)
class Voice:
    """What a person may do in a discussion, asked once for a whole page of threads."""

    user: User | None
    """None for a guest."""
    role: Role | None
    is_author: bool
    """Whether the proposal is theirs."""
    why_not_comment: str | None
    why_not_edit: str | None


def voice_of(user: User, proposal: Proposal) -> Voice:
    """What the person may do in this proposal's discussion."""
    return Voice(
        user=user,
        role=plans.role_of(user, proposal.plan),
        is_author=proposal.author_id == user.pk,
        why_not_comment=policies.why_not_comment(user, proposal),
        why_not_edit=policies.why_not_edit(user, proposal),
    )


def guest_voice(proposal: Proposal) -> Voice:
    """What somebody may do who came by a link that lets them comment."""
    why_not = None if proposal.is_open else _decided(proposal)
    return Voice(user=None, role=None, is_author=False, why_not_comment=why_not, why_not_edit=GUESTS)


def why_not_resolve(voice: Voice, thread: Thread, starter: int | None) -> str | None:
    """Settling a thread; `starter` is the id of who began it. What blocks is not settled by who is held up by it."""
    if voice.why_not_comment:
        return voice.why_not_comment
    if voice.user is None:
        return GUESTS
    if voice.user.pk == starter or (voice.role is not None and voice.role.reaches(Role.OWNER)):
        return None
    if thread.blocking:
        approves = voice.role is not None and voice.role.reaches(Role.APPROVER) and not voice.is_author
        return None if approves else "a blocking thread is settled by who began it, or by an approver of another's"
    edits = voice.is_author or (voice.role is not None and voice.role.reaches(Role.EDITOR))
    return None if edits else "a thread is settled by who began it, by the author of the proposal or by an editor"


def why_not_block(voice: Voice, thread: Thread, starter: int | None) -> str | None:
    """Making a thread block, or no longer."""
    if voice.why_not_comment:
        return voice.why_not_comment
    if thread.blocking:
        return why_not_resolve(voice, thread, starter)
    if voice.user is None:
        return GUESTS
    approves = voice.role is not None and voice.role.reaches(Role.APPROVER)
    return None if approves or voice.user.pk == starter else "who began the thread, or an approver, lets it block"


def why_not_mend(voice: Voice, comment: Comment) -> str | None:
    """Changing what a comment says."""
    if voice.user is None or comment.author_id != voice.user.pk:
        return "a comment is changed by its author alone"
    return voice.why_not_comment


@transaction.atomic
def start_thread(
    who: Speaker,
    proposal: Proposal,
    *,
    anchor: str,
    text: str,
    blocking: bool = False,
    edits: Sequence[Edit] = (),
    revision: Revision | None = None,
) -> Thread:
    """Begin a thread on a place of the draft's head, or of the `revision` of it that was looked at.

    Said twice by the same person, it is one thread.
    """
    _refuse_silence(who, proposal, is_more=blocking or bool(edits))
    said, place = clean(text), anchors.parse(anchor)
    _lock(proposal)
    seen = revision or revisions.get(proposal.draft)
    again = _said_again(Comment.objects.filter(thread__proposal=proposal), who, said)
    if again and again.thread.anchor == anchor and again.thread.comments.count() == 1:
        return again.thread
    if proposal.threads.count() >= MOST_THREADS:
        raise Refused(f"a proposal has at most {MOST_THREADS:,} threads; reply to one that is there")
    thread = Thread.objects.create(
        proposal=proposal,
        anchor=anchor,
        quote=anchors.quote_of(place, sight_of(proposal, seen)),
        revision=seen,
        blocking=blocking,
    )
    _say(who, thread, said, edits, verb="start_thread", also=[thread], blocking=blocking)
    return thread


@transaction.atomic
def reply(who: Speaker, thread: Thread, *, text: str, edits: Sequence[Edit] = ()) -> Comment:
    """Say something in a thread. The same twice in a row by one person is said once."""
    _refuse_silence(who, thread.proposal, is_more=bool(edits))
    said = clean(text)
    _lock(thread.proposal)
    again = _said_again(thread.comments.all(), who, said)
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


@transaction.atomic
def edit_comment(user: User, comment: Comment, *, text: str, seen: str) -> Comment:
    """Mend one's own comment, what it said before is kept; `seen` is the digest of the text that was being mended."""
    proposal = comment.thread.proposal
    _refuse(why_not_mend(voice_of(user, proposal), comment))
    said = clean(text)
    _lock(proposal)
    comment.refresh_from_db()
    if said == comment.text:
        return comment
    if digest_of(comment.text) != seen:
        raise StaleText(mine=said, theirs=comment.text)
    version = CommentVersion.objects.create(comment=comment, text=comment.text)
    comment.text, comment.edited_at = said, version.until
    comment.save(update_fields=["text", "edited_at"])
    _write(user, comment.thread, "edit_comment", [comment, version], comment=comment.pk, text=digest_of(said))
    return comment


@transaction.atomic
def resolve(user: User, thread: Thread) -> Thread:
    """Settle a thread."""
    _refuse(why_not_resolve(voice_of(user, thread.proposal), thread, starter_of(thread)))
    _lock(thread.proposal)
    thread.refresh_from_db()
    if thread.resolved_at is None:
        thread.resolved_at, thread.resolved_by = timezone.now(), user
        thread.save(update_fields=["resolved_at", "resolved_by"])
        _write(user, thread, "resolve", [thread])
    return thread


@transaction.atomic
def reopen_thread(user: User, thread: Thread) -> Thread:
    """Take up a thread again that was settled."""
    _refuse(policies.why_not_comment(user, thread.proposal))
    _lock(thread.proposal)
    thread.refresh_from_db()
    if thread.resolved_at is not None:
        thread.resolved_at, thread.resolved_by = None, None
        thread.save(update_fields=["resolved_at", "resolved_by"])
        _write(user, thread, "reopen_thread", [thread])
    return thread


@transaction.atomic
def set_blocking(user: User, thread: Thread, *, blocking: bool) -> Thread:
    """Let a thread keep the proposal from being accepted while it is open, or no longer."""
    _lock(thread.proposal)
    thread.refresh_from_db()
    if thread.blocking == blocking:
        return thread
    _refuse(why_not_block(voice_of(user, thread.proposal), thread, starter_of(thread)))
    thread.blocking = blocking
    thread.save(update_fields=["blocking"])
    _write(user, thread, "set_blocking", [thread], blocking=blocking)
    return thread


@transaction.atomic
def apply_suggestion(user: User, suggestion: Suggestion, *, digest: str) -> Revision:
    """Make the suggested change a revision, with who suggested it as co-author; `digest` is that of the head seen.

    Raises Stale where the draft has moved on, or where something else stands now than what the change was made for.
    """
    comment = suggestion.comment
    proposal = comment.thread.proposal
    _refuse(policies.why_not_edit(user, proposal))
    _lock(proposal)
    suggestion.refresh_from_db()
    if suggestion.applied is not None:
        raise Stale(f"this suggestion was applied already: it is revision {suggestion.applied.number}")
    head = revisions.get(proposal.draft)
    if head.digest != digest:
        raise Stale(f"the draft is at revision {head.number} by now; look at it again, then apply what still fits")
    edits = edits_from_data(suggestion.edits)
    try:
        design = apply(revisions.design_of(head), edits)
    except PatchRefused as refusal:
        raise Stale(refusal.sentence, place=refusal.place) from refusal
    co_author = comment.author if comment.author_id != user.pk else None
    message = _message(name_of(comment.author), edits)
    revision = recording.save(
        user, proposal.draft, design, parent_digest=digest, message=message, co_author=co_author
    )  # fmt: skip
    suggestion.applied = revision
    suggestion.save(update_fields=["applied"])
    number = {"suggestion": suggestion.pk, "comment": comment.pk, "revision": revision.number}
    _write(user, comment.thread, "apply_suggestion", [suggestion, revision], **number)
    return revision


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
    guest = who.name if isinstance(who, Guest) else ""
    author = None if isinstance(who, Guest) else who
    comment = Comment.objects.create(thread=thread, author=author, guest=guest, text=text)
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
        raise Refused(_decided(proposal))
    if is_more:
        raise Refused(GUESTS)
    if not who.name.strip() or len(who.name) > LONGEST_NAME or UNPRINTABLE.search(who.name):
        raise TierwrightError(f"say who you are, in at most {LONGEST_NAME} characters", place=Place(path="name"))


def _decided(proposal: Proposal) -> str:
    return f"the proposal is {proposal.get_state_display()}; what is said of it now reaches nobody"


def _refuse(why_not: str | None) -> None:
    if why_not:
        raise Refused(why_not)


def _unsayable(sentence: str) -> TierwrightError:
    return TierwrightError(sentence, place=Place(path="text"))


def _lock(proposal: Proposal) -> None:
    """Let whoever says something in the same proposal wait, so that what is counted and compared still holds."""
    Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)


def _said_again(comments: Any, who: Speaker, text: str) -> Comment | None:
    """The newest of the comments, where it is this very one: a form that was sent twice."""
    last: Comment | None = comments.order_by("-pk").select_related("thread").first()
    if last is None or last.text != text or isinstance(who, Guest) != (last.author_id is None):
        return None
    same = last.guest == who.name if isinstance(who, Guest) else last.author_id == who.pk
    return last if same else None


def _message(name: str, edits: Sequence[Edit]) -> str:
    first, more = edits[0], len(edits) - 1
    rest = f" and {more} more" if more else ""
    text = f"Apply what {name} suggests: {told(first.path)} {shown(first.was)} → {shown(first.value)}{rest}"
    return " ".join(text.split())[:300]
