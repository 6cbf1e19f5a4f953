"""The only door between designs and the database: record a revision, load one, go back to one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Model, QuerySet
from django.utils import timezone

from topology import document
from topology.components import catalogue
from topology.design import Design
from topology.errors import Place, TierwrightError
from topology.models import Plan, Revision
from topology.rows import WRONG_VALUE, Unreadable, as_written, read_rows

_TRIES = 20


class Conflict(TierwrightError):
    """Somebody else saved first. It carries both versions, so that nothing is lost."""

    def __init__(self, *, head: Revision, design: Design, message: str) -> None:
        self.head = head
        """The revision that is there now."""
        self.design = design
        """The design that was to be saved."""
        self.message = message
        """What its author said about it."""
        super().__init__(
            f"the plan was changed since you opened it: revision {head.number} is newer than what you worked on;"
            " nothing of yours is lost, choose which of the two stays",
            place=Place(file=head.plan.slug),
        )

    @property
    def head_design(self) -> Design:
        """The design that is there now."""
        return design_of(self.head)


def start(design: Design, *, name: str, message: str, author: str = "local") -> Revision:
    """Make a plan with its first revision; the design takes the plan's slug for its name.

    Where the design's name is taken, the slug gets a number: ljworld-2.
    """
    with transaction.atomic():
        plan = _create_plan(design.name, name)
        named = design.model_copy(update={"name": plan.slug})
        return record(plan, named, parent_digest=None, message=message, author=author)


def branch(revision: Revision, *, slug: str, name: str, author: str = "local") -> Plan:
    """Cut a plan of its own from a revision: its first revision holds the same document, its design keeps its name.

    Where the slug is taken, it gets a number.
    """
    with transaction.atomic():
        plan = _create_plan(slug, name)
        message = f"Cut from revision {revision.number} of {revision.plan.slug}"
        record(plan, design_of(revision), parent_digest=None, message=message, author=author)
        return plan


def record(
    plan: Plan,
    design: Design,
    *,
    parent_digest: str | None,
    message: str,
    author: str = "local",
    co_author: str = "",
) -> Revision:
    """Save a design on top of the revision whose digest is `parent_digest` (None for the first).

    Saving what the head already holds changes nothing and returns the head. Raises Conflict where the head is
    another than the one named, PlanRefused where the design does not hold together.
    """
    _refuse_incoherent(design)
    with transaction.atomic():
        head = _head(plan)
        if head is not None and head.digest == document.digest(design):
            return head
        if (head.digest if head else None) == parent_digest and _move_head(plan, head):
            return _insert(plan, design, head, message=message, author=author, co_author=co_author)
        newest = _head(plan)
        if newest is None:
            raise TierwrightError("this plan has no revision to build on; record the first without a parent")
        raise Conflict(head=newest, design=design, message=message)


def load(plan: Plan, number: int | None = None) -> Design:
    """The design of a revision, by default of the head; Revision.DoesNotExist where there is none."""
    return design_of(get(plan, number))


def get(plan: Plan, number: int | None = None) -> Revision:
    """A revision, by default the head; Revision.DoesNotExist where there is none."""
    wanted = F("plan__head") if number is None else number
    return Revision.objects.select_related("plan").get(plan=plan, number=wanted)


def design_of(revision: Revision) -> Design:
    """The design that a revision holds; refused where its text and its digest have parted."""
    if hashlib.sha256(revision.document.encode()).hexdigest() != revision.digest:
        raise TierwrightError(
            f"revision {revision.number} is damaged: its text does not match its digest; restore a backup",
            place=Place(file=revision.plan.slug),
        )
    return _read(revision.document)


def restore(plan: Plan, number: int, *, parent_digest: str | None, author: str = "local") -> Revision:
    """Go back to an earlier design by recording it once more on top; raises what `record` raises."""
    message = f"Restore revision {number}"
    return record(plan, load(plan, number), parent_digest=parent_digest, message=message, author=author)


def history(plan: Plan) -> QuerySet[Revision]:
    """The plan's revisions, the newest first, without their documents."""
    return Revision.objects.filter(plan=plan).order_by("-number").defer("document")


def heads(*, removed: bool = False) -> QuerySet[Revision]:
    """The newest revision of every plan on the lists (or off them), the last saved first, without documents."""
    newest = Revision.objects.filter(number=F("plan__head"), plan__removed_at__isnull=not removed)
    return newest.select_related("plan").defer("document").order_by("-created_at", "-pk")


def remove(plan: Plan) -> None:
    """Take a plan off the lists; its revisions stay, and `bring_back` undoes it."""
    Plan.objects.filter(pk=plan.pk).update(removed_at=timezone.now())


def bring_back(plan: Plan) -> None:
    """Put a removed plan on the lists again."""
    Plan.objects.filter(pk=plan.pk).update(removed_at=None)


def _refuse_incoherent(design: Design) -> None:
    problems = document.check(design, catalogue())
    if problems:
        # The codec words the refusal, with the place of each problem.
        document.from_data(document.to_data(design), catalogue=catalogue())


def _head(plan: Plan) -> Revision | None:
    number = Plan.objects.values_list("head", flat=True).get(pk=plan.pk)
    return Revision.objects.select_related("plan").filter(plan=plan, number=number).first()


def _move_head(plan: Plan, head: Revision | None) -> bool:
    """Whether this transaction is the one that moves the head on from what it saw."""
    seen = head.number if head else 0
    moved = Plan.objects.filter(pk=plan.pk, head=seen).update(head=seen + 1)
    plan.head = seen + 1 if moved else plan.head
    return bool(moved)


def seal_of(revision: Revision, parent_seal: str) -> str:
    """SHA-256 over everything a revision says and the seal of the one before, in hexadecimal.

    A row that was changed behind our back no longer fits its own seal, nor do those after it.
    """
    said = {
        "plan": revision.plan_id,
        "number": revision.number,
        "digest": revision.digest,
        "servers": revision.servers,
        "message": revision.message,
        "author": revision.author,
        "co_author": revision.co_author,
        "created_at": revision.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "parent": parent_seal,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Damage:
    """A place of the history that is not as it was written."""

    plan: int
    """Id of the plan."""
    place: str
    says: str


def damage() -> Iterator[Damage]:
    """Everything in the revisions of all plans that was changed, added or taken away behind our back."""
    heads = dict(Plan.objects.values_list("pk", "head"))
    plan, last = 0, Revision(number=0, seal="")
    for row in read_rows(Revision.objects.order_by("plan_id", "number", "pk").select_related("plan")):
        if isinstance(row, Unreadable):
            yield Damage(plan=plan, place=f"revision row {row.pk}", says=row.says)
            continue
        if row.plan_id != plan:
            yield from _head_damage(heads, plan, last)
            plan, last = row.plan_id, Revision(number=0, seal="")
        yield from (Damage(plan=plan, place=f"{row.plan.slug} {row.number}", says=says) for says in _wrong(row, last))
        last = row
    yield from _head_damage(heads, plan, last)


def _wrong(row: Revision, before: Revision) -> Iterator[str]:
    if row.parent_id != before.pk:
        yield "was not made from the revision before it"
    try:
        yield from _wrong_values(row, before)
    except WRONG_VALUE as error:
        yield f"holds something that is no value of its field: {error}"


def _wrong_values(row: Revision, before: Revision) -> Iterator[str]:
    if row.number != before.number + 1:
        yield f"comes after revision {before.number}"
    if hashlib.sha256(row.document.encode()).hexdigest() != row.digest:
        yield "its document does not match its digest"
    if seal_of(row, before.seal) != row.seal:
        yield "does not match its seal"
    if not as_written(row):
        yield "is written in another form than we write"


def _head_damage(heads: dict[int, int], plan: int, last: Revision) -> Iterator[Damage]:
    if plan and heads.get(plan) != last.number:
        says = f"the plan says that its newest revision is {heads.get(plan)}, and the newest there is {last.number}"
        yield Damage(plan=plan, place=f"plan row {plan}", says=says)


def _insert(plan: Plan, design: Design, head: Revision | None, **said: str) -> Revision:
    revision = Revision(
        plan=plan,
        number=plan.head,
        parent=head,
        document=document.canonical(design).decode(),
        digest=document.digest(design),
        servers=len(design.hosts),
        **said,
    )
    _check_fields(revision, *said)
    revision.seal = seal_of(revision, head.seal if head else "")
    revision.save(force_insert=True)
    return revision


def _check_fields(row: Model, *names: str) -> None:
    try:
        row.clean_fields(exclude={field.name for field in row._meta.fields} - set(names))
    except ValidationError as error:
        name, [sentence, *_] = next(iter(error.message_dict.items()))
        raise TierwrightError(sentence, place=Place(path=name)) from error


def _create_plan(wanted: str, name: str) -> Plan:
    for _ in range(_TRIES):
        plan = Plan(slug=_free_slug(wanted), name=name)
        _check_fields(plan, "slug", "name")
        try:
            with transaction.atomic():
                plan.save(force_insert=True)
        except IntegrityError:
            continue  # another process took the name between the look and the insert
        return plan
    raise TierwrightError(f"many plans are being named {wanted} at this moment; try again", place=Place(path="name"))


def _free_slug(wanted: str) -> str:
    taken = set(Plan.objects.filter(slug__startswith=wanted[:30]).values_list("slug", flat=True))
    number, candidate = 2, wanted
    while candidate in taken:
        tail = f"-{number}"
        candidate, number = wanted[: 40 - len(tail)].rstrip("-") + tail, number + 1
    return candidate


@lru_cache(maxsize=128)
def _read(text: str) -> Design:
    # The value is frozen and its text never changes, so readers may share it.
    return document.from_data(json.loads(text), catalogue=catalogue())
