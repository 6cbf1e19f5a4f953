"""The discussion of a proposal: threads by place, what is said in them, and suggestions that one click applies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from planner import markdown, notices, suggesting
from planner.covers import cover_of
from planner.http import HtmxRequest, page, part
from planner.models import Comment, Membership, Proposal, Suggestion, Thread
from planner.once import asked_once
from planner.people import current
from planner.plans import proposal_for, team_of
from planner.review import anchors, discussion
from planner.review.anchors import Anchor, Gone, Sight
from planner.review.discussion import StaleText, voice_of
from planner.review.sights import sight_of
from planner.threads import SHOWS, address_of, board_of, talk_of
from topology import revisions
from topology.errors import TierwrightError
from topology.models import Revision

THREAD = "parts/thread.html"
NAMES = {
    "open": "Open", "blocking": "Blocking", "mine": "With me in it", "outdated": "Outdated", "resolved": "Settled",
}  # fmt: skip
"""What the page can be narrowed to, in words."""


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What somebody typed and why it is not said yet, for the form to come back with it."""

    thread: int | None = None
    """The thread that it replies to."""
    comment: int | None = None
    """The comment that it mends."""
    text: str = ""
    trouble: str = ""
    theirs: str | None = None
    """What the comment says by now, where somebody mended it meanwhile."""
    blocking: bool = False
    seen: str = ""
    status: int = 200
    values: dict[str, str] = field(default_factory=dict)
    """Fields of a suggested change."""


NOTHING = Typed()


@require_http_methods(["GET", "HEAD", "POST"])
def board(request: HtmxRequest, pk: int) -> HttpResponse:
    """The threads, and the form that begins another."""
    proposal = proposal_for(request, pk)
    if request.method != "POST":
        notices.see_proposal(current(request), proposal, at=timezone.now(), with_talk=True)
        return _board(request, proposal)
    anchor = request.POST.get("anchor", "")
    try:
        thread = discussion.start_thread(
            current(request),
            proposal,
            anchor=anchor,
            text=request.POST.get("text", ""),
            blocking="blocking" in request.POST,
            edits=suggesting.edits_of(anchors.parse(anchor), revisions.load(proposal.draft), _sent(request)),
            after=_after(request),
        )
    except TierwrightError as error:
        return _board(request, proposal, _typed(request.POST, error))
    return _go(request, proposal, thread, said=f"begin:{anchor}")


@require_POST
def preview(request: HtmxRequest, pk: int) -> HttpResponse:
    """What is being typed, as it will look; nothing is kept."""
    proposal = proposal_for(request, pk)
    try:
        html = markdown.render(discussion.clean(request.POST.get("text", "")), members=_handles(proposal))
    except TierwrightError as error:
        return part(request, "parts/preview.html", {"trouble": error.sentence if request.POST.get("text") else ""})
    return part(request, "parts/preview.html", {"html": html})


@require_safe
def thread(request: HtmxRequest, pk: int, thread: int) -> HttpResponse:
    """One thread for htmx; for others the page that shows it."""
    proposal, found = _thread(request, pk, thread)
    if request.htmx and not request.htmx.boosted:
        return _one(request, proposal, found)
    return redirect(_address(found))


@require_POST
def reply(request: HtmxRequest, pk: int, thread: int) -> HttpResponse:
    """Say something in a thread, with a suggested change or without."""
    proposal, found = _thread(request, pk, thread)
    try:
        place = anchors.parse(found.anchor)
        edits = suggesting.edits_of(place, revisions.load(proposal.draft), _sent(request))
        text = request.POST.get("text", "")
        discussion.reply(current(request), found, text=text, edits=edits, after=_after(request))
    except TierwrightError as error:
        return _again(request, proposal, found, _typed(request.POST, error, thread=found.pk))
    return _done(request, proposal, found, said=f"thread-{found.pk}")


@require_POST
def settle(request: HtmxRequest, pk: int, thread: int, verb: str) -> HttpResponse:
    """Settle a thread, take it up again, let it block or no longer."""
    proposal, found = _thread(request, pk, thread)
    _SETTLE[verb](current(request), found)
    return _done(request, proposal, found)


@require_http_methods(["GET", "HEAD", "POST"])
def mend(request: HtmxRequest, pk: int, comment: int) -> HttpResponse:
    """The form that changes one's own comment, and the change."""
    proposal, found = _comment(request, pk, comment)
    if request.method != "POST":
        return _again(request, proposal, found.thread, _to_mend(current(request), found))
    text, seen = request.POST.get("text", ""), request.POST.get("seen", "")
    try:
        discussion.edit_comment(current(request), found, text=text, seen=seen)
    except TierwrightError as error:
        return _again(request, proposal, found.thread, _typed(request.POST, error, comment=found.pk))
    return _done(request, proposal, found.thread, said=f"comment-{found.pk}")


@require_POST
def apply(request: HtmxRequest, pk: int, suggestion: int) -> HttpResponse:
    """Make a suggested change the draft's next revision."""
    proposal = proposal_for(request, pk)
    wanted = Suggestion.objects.select_related("comment__author", "comment__thread__proposal", "applied")
    found = wanted.filter(pk=suggestion, comment__thread__proposal=proposal).first() if suggestion < LARGEST else None
    if found is None:
        raise Http404("There is no suggestion at this address.")
    revision = discussion.apply_suggestion(current(request), found, digest=request.POST.get("digest", ""))
    messages.success(request, f"Saved as revision {revision.number}: {revision.message}")
    return _go(request, proposal, found.comment.thread)


# --- Answers ----------------------------------------------------------------------------------------------------------


@asked_once()
def _board(
    request: HtmxRequest, proposal: Proposal, typed: Typed = NOTHING, *, on: Thread | None = None
) -> HttpResponse:
    """The whole page; narrowed to the place that the address names, or to that of the thread that it is about."""
    cover = cover_of(request, proposal, "discussion")
    head, voice = cover["revision"], voice_of(current(request), proposal)
    begun = request.POST.get("anchor") if on is None else None
    asked = on.anchor if on else request.GET.get("anchor")
    show = request.GET.get("show", "")
    place = _place(asked if begun is None else begun, sight_of(proposal, head), proposal, typed)
    only = on.anchor if on else (str(place["anchor"]) if place["anchor"] is not None and begun is None else None)
    show = show if show in SHOWS else SHOWS[0]
    shown = board_of(voice, proposal, head, show=show, anchor=only, page=request.GET.get("page", "1"))
    context = {
        **cover,
        **place,
        **_forms(request, proposal, head, typed),
        "voice": voice,
        "board": shown,
        "show": show,
        "narrow": [(name, NAMES[name], shown.counts[name]) for name in SHOWS],
        "only": only,
    }
    return page(request, "planner/discussion.html", context, status=typed.status)


@asked_once()
def _one(request: HtmxRequest, proposal: Proposal, thread: Thread, typed: Typed = NOTHING) -> HttpResponse:
    """One thread, in place of the one that is there."""
    head, voice = revisions.get(proposal.draft), voice_of(current(request), proposal)
    context = {
        **_forms(request, proposal, head, typed),
        "proposal": proposal,
        "revision": head,
        "voice": voice,
        "talk": talk_of(voice, proposal, head, thread),
    }
    return part(request, THREAD, context, status=typed.status)


def _again(request: HtmxRequest, proposal: Proposal, thread: Thread, typed: Typed) -> HttpResponse:
    """The form once more, with what was typed; without scripts on the whole page."""
    if request.htmx:
        return _one(request, proposal, thread, typed)
    return _board(request, proposal, typed, on=thread)


def _done(request: HtmxRequest, proposal: Proposal, thread: Thread, *, said: str = "") -> HttpResponse:
    return _one(request, proposal, thread) if request.htmx else _go(request, proposal, thread, said=said)


def _go(request: HtmxRequest, proposal: Proposal, thread: Thread, *, said: str = "") -> HttpResponse:
    """On to the page with the thread; `said` tells the browser which text it need not keep any more."""
    address = _address(thread, said=said)
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _address(thread: Thread, **more: str) -> str:
    thread.refresh_from_db(fields=["resolved_at"])
    show = "resolved" if thread.resolved_at else "open"
    asked = urlencode({"show": show, **{name: text for name, text in more.items() if text}})
    return f"{reverse('discussion', args=[thread.proposal_id])}?{asked}#thread-{thread.pk}"


def _forms(request: HtmxRequest, proposal: Proposal, head: Revision, typed: Typed) -> dict[str, Any]:
    """What the forms inside of threads need: which one is open, with what in it, and what may be suggested there."""
    wanted = request.GET.get("suggest", "")
    number = typed.thread or (int(wanted) if wanted.isdecimal() and len(wanted) < 12 else None)
    found = proposal.threads.filter(pk=number).first() if number else None
    offers: tuple[suggesting.Field, ...] = ()
    if found and proposal.is_open:
        offers = suggesting.fields_of(anchors.parse(found.anchor), sight_of(proposal, head))
    return {"typed": typed, "replying": number, "reply_fields": _filled(offers, typed)}


def _filled(fields: Iterable[suggesting.Field], typed: Typed) -> list[tuple[suggesting.Field, str]]:
    """Each field with what was typed into it."""
    return [(each, typed.values.get(each.name, "")) for each in fields]


def _place(text: str | None, sight: Sight, proposal: Proposal, typed: Typed) -> dict[str, Any]:
    """The place that the form is about, and what may be suggested there."""
    try:
        anchor = Anchor() if text is None else anchors.parse(text)
        found = anchors.resolve(anchor, sight)
    except TierwrightError as error:
        return {"anchor": None, "place_trouble": error.sentence}
    if isinstance(found, Gone):
        return {"anchor": None, "place_trouble": f"There is no such place by now: {anchor.title}.", "gone": anchor}
    return {
        "anchor": None if text is None else anchor,
        "place": anchor,
        "place_value": found.value,
        "place_url": address_of(anchor, proposal),
        "place_fields": _filled(suggesting.fields_of(anchor, sight) if proposal.is_open else (), typed),
    }


def _after(request: HtmxRequest) -> int | None:
    """What was the newest when the form was shown, so that a form that is sent twice is known."""
    text = request.POST.get("after", "")
    return int(text) if text.isdecimal() and len(text) < MOST_DIGITS else None


def _sent(request: HtmxRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in request.POST}


def _to_mend(user: User, comment: Comment) -> Typed:
    """The form with what the comment says; for another than its author there is none."""
    if discussion.why_not_mend(voice_of(user, comment.thread.proposal), comment):
        return NOTHING
    return Typed(comment=comment.pk, text=comment.text, seen=discussion.digest_of(comment.text))


def _typed(sent: QueryDict, error: TierwrightError, **where: Any) -> Typed:
    """What was typed, and why it is refused."""
    theirs = error.theirs if isinstance(error, StaleText) else None
    return Typed(
        text=sent.get("text", ""),
        trouble=error.sentence[:1].upper() + error.sentence[1:],
        theirs=theirs,
        blocking="blocking" in sent,
        seen=discussion.digest_of(theirs) if theirs is not None else sent.get("seen", ""),
        status=getattr(error, "status", 422),
        values={name: sent.get(name, "") for name in sent if name.startswith(suggesting.PREFIX)},
        **where,
    )


# --- What an address names --------------------------------------------------------------------------------------------

LARGEST, MOST_DIGITS = 2**63, 18
"""From here on no row has such a number."""


def _thread(request: HtmxRequest, pk: int, number: int) -> tuple[Proposal, Thread]:
    proposal = proposal_for(request, pk)
    found = (
        proposal.threads.select_related("revision").defer("revision__document").filter(pk=number).first()
        if number < LARGEST
        else None
    )
    if found is None:
        raise Http404("There is no thread at this address.")
    found.proposal = proposal
    return proposal, found


def _comment(request: HtmxRequest, pk: int, number: int) -> tuple[Proposal, Comment]:
    proposal = proposal_for(request, pk)
    wanted = Comment.objects.select_related("thread__revision").defer("thread__revision__document")
    wanted = wanted.filter(thread__proposal=proposal)
    found = wanted.filter(pk=number).first() if number < LARGEST else None
    if found is None:
        raise Http404("There is no comment at this address.")
    found.thread.proposal = proposal
    return proposal, found


def _handles(proposal: Proposal) -> list[str]:
    return list(Membership.objects.filter(team=team_of(proposal.plan)).values_list("user__username", flat=True))


_SETTLE: dict[str, Callable[[User, Thread], Thread]] = {
    "resolve": discussion.resolve,
    "reopen": discussion.reopen_thread,
    "block": lambda user, thread: discussion.set_blocking(user, thread, blocking=True),
    "unblock": lambda user, thread: discussion.set_blocking(user, thread, blocking=False),
}
_HERE = "proposals/<int:pk>"

urlpatterns = [
    path(f"{_HERE}/discussion/", board, name="discussion"),
    path(f"{_HERE}/discussion/preview/", preview, name="discussion_preview"),
    path(f"{_HERE}/threads/<int:thread>/", thread, name="thread"),
    path(f"{_HERE}/threads/<int:thread>/reply/", reply, name="thread_reply"),
    *(
        path(f"{_HERE}/threads/<int:thread>/{verb}/", settle, {"verb": verb}, name=f"thread_{verb}")
        for verb in ("resolve", "reopen", "block", "unblock")
    ),
    path(f"{_HERE}/comments/<int:comment>/edit/", mend, name="comment_edit"),
    path(f"{_HERE}/suggestions/<int:suggestion>/apply/", apply, name="suggestion_apply"),
]
