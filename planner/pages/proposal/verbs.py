"""The buttons of a proposal: each a form of its own that does one thing and leads back to the page it came from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from planner.covers import cover_of
from planner.http import HtmxRequest, page
from planner.models import Proposal
from planner.models.threads import MOST_TEXT
from planner.pages.proposal import checks, overview
from planner.people import current
from planner.plans import proposal_for
from planner.review import actions, policies
from planner.review.visits import did_last
from topology.errors import TierwrightError
from topology.models import printable

Do = Callable[[User, Proposal, Any], object]


class WordsForm(forms.Form):
    """What people read of a proposal, and the day that its author asks for."""

    title = forms.CharField(label="What is proposed", max_length=120, validators=[printable])
    why = forms.CharField(
        label="Why", required=False, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 12}),
        help_text="Markdown: **bold**, `code`, lists, links; @name calls somebody of the team.",
    )  # fmt: skip
    decide_by = forms.DateField(
        label="Decide by", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="The day that you ask for. The forecast has one of its own, which stands beside it.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"


def _verb(name: str, do: Do, says: str) -> Callable[..., HttpResponse]:
    """A view that does one verb; a refusal comes back with the page and with what was typed."""

    @require_POST
    def act(request: HtmxRequest, pk: int) -> HttpResponse:
        proposal = proposal_for(request, pk)
        try:
            do(current(request), proposal, request.POST)
        except TierwrightError as error:
            # A form that came twice has done its work: the second is told what the first was.
            if name == "approve" or not did_last(current(request), proposal, name):
                return _refused(request, pk, name, error)
        messages.success(request, says)
        return _onward(request, reverse("proposal", args=[pk]))

    act.__name__, act.__doc__ = name, f"{says}"
    return act


def _refused(request: HtmxRequest, pk: int, verb: str, error: TierwrightError) -> HttpResponse:
    # What the verb did to the object in hand is undone in the database alone, so the page reads it anew.
    proposal, status = proposal_for(request, pk), getattr(error, "status", 422)
    trouble = error.sentence[:1].upper() + error.sentence[1:].rstrip(".") + "."
    return overview.answer(request, proposal, status=status, trouble=trouble, refused=verb)


def _onward(request: HtmxRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


@require_POST
def waive_check(request: HtmxRequest, pk: int) -> HttpResponse:
    """Take on a failing check."""
    proposal, sent = proposal_for(request, pk), request.POST
    check = sent.get("check", "")[:60]
    try:
        actions.waive_check(
            current(request), proposal, check=check, evidence=sent.get("evidence", ""), reason=sent.get("reason", "")
        )
    except TierwrightError as error:
        again = proposal_for(request, pk)
        return checks.answer(
            request, again, trouble=str(error), refused=check, status=getattr(error, "status", 422)
        )  # fmt: skip
    messages.success(request, "It is taken on, with your name and reason.")
    return _onward(request, reverse("proposal_checks", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_words(request: HtmxRequest, pk: int) -> HttpResponse:
    """Its title, its reasons and the day to decide by."""
    proposal, sent = proposal_for(request, pk), request.method == "POST"
    now = {"title": proposal.title, "why": proposal.why, "decide_by": proposal.decide_by}
    form = WordsForm(request.POST) if sent else WordsForm(initial=now)
    status = 422 if sent else 200
    if sent and form.is_valid():
        try:
            actions.edit_words(current(request), proposal, **form.cleaned_data)
        except TierwrightError as error:
            form.add_error(None, error.sentence)
            status = getattr(error, "status", 422)
        else:
            messages.success(request, "The words are changed. No approval depends on them.")
            return _onward(request, reverse("proposal", args=[pk]))
    context = {
        **cover_of(request, proposal, "proposal"),
        "form": form,
        "why_not": policies.why_not_words(current(request), proposal),
    }
    return page(request, "planner/proposal_words.html", context, status=status)


def _approve(user: User, proposal: Proposal, sent: Any) -> object:
    return actions.approve(
        user, proposal, areas=sent.getlist("area"), digest=sent.get("digest", ""), note=sent.get("note", "")
    )  # fmt: skip


def _supersede(user: User, proposal: Proposal, sent: Any) -> None:
    number = sent.get("by", "")
    wanted = int(number) if number.isdecimal() and len(number) < 10 else 0
    by = Proposal.objects.filter(plan=proposal.plan, number=wanted).first()
    if number and by is None:
        raise TierwrightError("name another proposal of the same plan, by its number")
    actions.supersede(user, proposal, by=by)


VERBS: tuple[tuple[str, str, Do, str], ...] = (
    ("open_review", "open-review", lambda user, it, sent: actions.open_review(user, it),
     "It is in review: those who are asked are told."),
    ("request_changes", "request-changes",
     lambda user, it, sent: actions.request_changes(user, it, note=sent.get("note", "")), "You asked for changes."),
    ("approve", "approve", _approve, "Your yes is recorded, for exactly what you saw."),
    ("rescind", "rescind", lambda user, it, sent: actions.rescind(user, it), "Your yes is taken back."),
    ("withdraw", "withdraw", lambda user, it, sent: actions.withdraw(user, it), "It is withdrawn; it stays here."),
    ("reopen", "reopen", lambda user, it, sent: actions.reopen(user, it), "It is open again, as a draft."),
    ("supersede", "supersede", _supersede, "It is superseded; it stays here."),
    ("accept", "accept", lambda user, it, sent: actions.accept(user, it, digest=sent.get("digest", "")),
     "It is accepted: this is what the plan says now."),
    ("break_glass", "break-glass",
     lambda user, it, sent: actions.break_glass(user, it, digest=sent.get("digest", ""), reason=sent.get("reason", "")),
     "It is accepted without what the rules ask. That stands in the audit."),
)  # fmt: skip
"""URL name, its address, what it does, and what it then says."""

urlpatterns = [
    *(path(f"proposals/<int:pk>/{address}/", _verb(name, do, says), name=name) for name, address, do, says in VERBS),
    path("proposals/<int:pk>/waive-check/", waive_check, name="waive_check"),
    path("proposals/<int:pk>/words/", edit_words, name="edit_words"),
]
