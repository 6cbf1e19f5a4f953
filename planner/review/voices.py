"""Who speaks in a discussion, and what each may do there: members by their role, guests by what a link lets them."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User

from planner import plans
from planner.models import Comment, Proposal, Role, Thread
from planner.review import policies

GUESTS = "a guest comments; for anything more, ask for a place in the team"


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody who came by a link to share, under a name of their own choice."""

    name: str


Speaker = User | Guest


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
    why_not = None if proposal.is_open else decided(proposal)
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


def decided(proposal: Proposal) -> str:
    """Why a guest says nothing more."""
    return f"the proposal is {proposal.get_state_display()}; what is said of it now reaches nobody"
