"""What the API takes and gives, as types; the OpenAPI description comes from these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Path, Query, Schema
from pydantic import AfterValidator, Field

from planner.models import Comment, Proposal, State, Thread
from planner.people import name_of
from topology.models import Plan, Revision

MOST_ID = 2**31 - 1


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("a text may not hold NUL")
    return text


Text = Annotated[str, AfterValidator(_without_nul)]
Line = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_without_nul)]
Note = Annotated[str, Field(max_length=300), AfterValidator(_without_nul)]
Words = Annotated[str, Field(max_length=20_000), AfterValidator(_without_nul)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
PlanSlug = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,40}$", description="The plan's slug, or that of a draft.")]
WantedPlan = Annotated[str, Query(pattern=r"^[a-z0-9-]{0,40}$", description="The slug of one plan, or nothing.")]
Id = Annotated[int, Path(ge=1, le=MOST_ID)]


class PlanOut(Schema):
    """A plan and its newest revision."""

    slug: str
    name: str
    team: str
    head: int = Field(description="Number of the newest revision.")
    digest: str = Field(description="Of the newest revision's document; its ETag.")
    removed: bool

    @classmethod
    def of(cls, plan: Plan, revision: Revision, team: str) -> PlanOut:
        """From the rows."""
        return cls(
            slug=plan.slug, name=plan.name, team=team, head=revision.number, digest=revision.digest,
            removed=plan.removed_at is not None,
        )  # fmt: skip


class RevisionOut(Schema):
    """A revision without its document."""

    number: int
    digest: str
    servers: int
    message: str
    author: str
    co_author: str
    created_at: datetime

    @classmethod
    def of(cls, revision: Revision) -> RevisionOut:
        """From the row."""
        return cls(
            number=revision.number, digest=revision.digest, servers=revision.servers, message=revision.message,
            author=revision.author, co_author=revision.co_author, created_at=revision.created_at,
        )  # fmt: skip


class PlanIn(Schema):
    """A plan to begin."""

    name: Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_without_nul)]
    document: dict[str, Any] = Field(description="A plan file, as `manage.py schema` describes it.")
    message: Note = "First"
    team: Annotated[str, Field(pattern=r"^[a-z0-9-]{0,40}$")] = Field("", description="By default your first.")


class DocumentIn(Schema):
    """A design to save on top of the one that was seen."""

    document: dict[str, Any]
    message: Line


class ProposalIn(Schema):
    """A change to propose."""

    title: Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_without_nul)]
    why: Words = ""
    document: dict[str, Any] | None = Field(
        None, description="The proposed design; without it the draft equals the plan."
    )
    message: Note = ""
    open_review: bool = False


class ProposalOut(Schema):
    """A proposal as lists show it."""

    id: int
    number: int
    plan: str
    draft: str = Field(description="Slug of the plan that holds its revisions.")
    title: str
    why: str
    author: str
    state: State
    digest: str = Field(description="Of the draft's newest revision: what an approval names.")
    revision: int
    base: int
    decide_by: date | None
    created_at: datetime
    updated_at: datetime
    accepted_as: int | None = Field(description="Number of the plan's revision that it became.")
    broke_glass: str

    @classmethod
    def of(cls, proposal: Proposal, head: Revision) -> ProposalOut:
        """From the rows."""
        return cls(
            id=proposal.pk, number=proposal.number, plan=proposal.plan.slug, draft=proposal.draft.slug,
            title=proposal.title, why=proposal.why, author=proposal.author.username, state=State(proposal.state),
            digest=head.digest, revision=head.number, base=proposal.base.number, decide_by=proposal.decide_by,
            created_at=proposal.created_at, updated_at=proposal.updated_at,
            accepted_as=proposal.accepted.number if proposal.accepted else None, broke_glass=proposal.broke_glass,
        )  # fmt: skip


class WordsIn(Schema):
    """What a proposal says of itself."""

    title: Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_without_nul)]
    why: Words = ""
    decide_by: date | None = None


class ApproveIn(Schema):
    """A yes to what was seen."""

    digest: Digest
    areas: Annotated[list[Annotated[str, Field(max_length=60), AfterValidator(_without_nul)]], Field(max_length=200)]
    note: Note = ""


class NoteIn(Schema):
    """What goes with a verb."""

    note: Note = ""


class DigestIn(Schema):
    """The head that was seen."""

    digest: Digest


class GlassIn(Schema):
    """Accepting without what the rules ask."""

    digest: Digest
    reason: Line


class WaiverIn(Schema):
    """A failing check that is taken on."""

    check: Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_without_nul)]
    evidence: Digest
    reason: Line


class ChoicesIn(Schema):
    """Which side stays, for each field that both changed."""

    choices: dict[Annotated[str, Field(max_length=400), AfterValidator(_without_nul)], Literal["mine", "theirs"]] = (
        Field(default_factory=dict)
    )
    digest: Digest | None = Field(None, description="The proposal's head that you chose by; 409 where it is another.")
    target_digest: Digest | None = Field(None, description="The same of the plan's newest revision.")


class EvidenceIn(Schema):
    """The report of a rehearsal, for the bundle that was booted."""

    kind: Literal["rehearsal"] = "rehearsal"
    content_digest: Digest
    report: dict[str, Any]


class ThreadIn(Schema):
    """Something to say about a place."""

    anchor: Annotated[str, Field(max_length=300), AfterValidator(_without_nul)] = ""
    text: Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(_without_nul)]
    blocking: bool = False
    edits: Annotated[list[dict[str, Any]], Field(max_length=500)] = Field(default_factory=list)


class CommentIn(Schema):
    """A reply."""

    text: Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(_without_nul)]
    edits: Annotated[list[dict[str, Any]], Field(max_length=500)] = Field(default_factory=list)


class CommentOut(Schema):
    """One thing that somebody said."""

    id: int
    author: str
    text: str
    created_at: datetime
    edited_at: datetime | None
    suggestion: int | None = Field(description="Id of the change that it suggests.")
    applied: bool

    @classmethod
    def of(cls, comment: Comment) -> CommentOut:
        """From the rows."""
        suggestion = getattr(comment, "suggestion", None)
        author = name_of(comment.author) if comment.author else f"{comment.guest} (guest)"
        return cls(
            id=comment.pk, author=author, text=comment.text, created_at=comment.created_at,
            edited_at=comment.edited_at, suggestion=suggestion.pk if suggestion else None,
            applied=bool(suggestion and suggestion.applied_id),
        )  # fmt: skip


class ThreadOut(Schema):
    """A talk about one place."""

    id: int
    anchor: str
    quote: str
    blocking: bool
    revision: int
    resolved_at: datetime | None
    comments: list[CommentOut]

    @classmethod
    def of(cls, thread: Thread) -> ThreadOut:
        """From the rows."""
        return cls(
            id=thread.pk, anchor=thread.anchor, quote=thread.quote, blocking=thread.blocking,
            revision=thread.revision.number, resolved_at=thread.resolved_at,
            comments=[CommentOut.of(comment) for comment in thread.comments.all()],
        )  # fmt: skip
