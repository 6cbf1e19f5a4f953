"""What somebody with a link sees, and says; where links are made and ended; pictures to embed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from planner import sharing
from planner.drawings import drawn
from planner.http import HtmxRequest, page
from planner.models import Proposal, ShareLink, Thread
from planner.people import current
from planner.plans import plan_for, proposal_of
from planner.review import Refused
from planner.sharing import Shown
from topology import revisions
from topology.diagrams import Drawing, DrawingFailed, draw
from topology.diff import compare
from topology.errors import TierwrightError
from topology.models import Plan
from topology.weighing import weigh

GONE = "There is nothing at this address. A link ends after a while, or its owner has revoked it."


class ShareForm(forms.Form):
    """A link to make."""

    kind = forms.ChoiceField(label="It lets people", choices=ShareLink.Kind.choices, widget=forms.RadioSelect)
    days = forms.TypedChoiceField(
        label="It ends after",
        choices=[(days, "a day" if days == 1 else f"{days} days") for days in sharing.DAYS],
        coerce=int,
        initial=7,
    )


class GuestForm(forms.Form):
    """What a guest says."""

    name = forms.CharField(label="Your name", max_length=80)
    text = forms.CharField(label="What you want to say", max_length=20_000, widget=forms.Textarea({"rows": 5}))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HtmxRequest, token: str) -> HttpResponse:
    """The revision of a link; a link that no longer counts looks like one that never did."""
    link = sharing.find(token)
    if link is None:
        raise Http404(GONE)
    form = GuestForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = _say(link, form)
        if status == 200:
            return _private(redirect("share", token))
    return _private(page(request, "planner/share.html", _context(link, form), status=status))


def _say(link: ShareLink, form: GuestForm) -> int:
    if link.kind != ShareLink.Kind.COMMENT or link.proposal is None:
        raise Http404(GONE)
    if not form.is_valid():
        return 422
    try:
        sharing.say(link, name=form.cleaned_data["name"], text=form.cleaned_data["text"])
    except TierwrightError as error:
        form.add_error("text", error.sentence)
        return 422
    return 200


def _context(link: ShareLink, form: GuestForm) -> dict[str, Any]:
    base = link.proposal.base if link.proposal else None
    seen = sharing.shown(link.revision, base)
    return {
        "link": link,
        "title": link.proposal.title if link.proposal else link.plan.name,
        "weighing": weigh(seen.before, seen.after, today=timezone.localdate()),
        "changes": compare(seen.before, seen.after).lines() if seen.before else (),
        "drawing": drawn(_drawing(seen)),
        "form": form if link.kind == ShareLink.Kind.COMMENT and link.proposal and link.proposal.is_open else None,
        "threads": _threads(link.proposal) if link.kind == ShareLink.Kind.COMMENT and link.proposal else (),
    }


def _threads(proposal: Proposal) -> list[Thread]:
    return list(Thread.objects.filter(proposal=proposal).prefetch_related("comments__author"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shares(request: HtmxRequest, plan: str) -> HttpResponse:
    """The links of a plan or a draft, and a form for one more; a new link is in the answer to the form alone."""
    found = plan_for(request, plan)
    form, address, status = ShareForm(request.POST or None, initial={"kind": "read"}), "", 200
    if request.method == "POST":
        if why_not := sharing.why_not_share(current(request), found):
            raise Refused(why_not)
        status = 422
        if form.is_valid():
            address, status = _share(request, found, form), 201 if not form.errors else 422
    return page(request, "planner/shares.html", _shares(request, found, form, address), status=status)


def _share(request: HtmxRequest, plan: Plan, form: ShareForm) -> str:
    try:
        kind = ShareLink.Kind(form.cleaned_data["kind"])
        _, token = sharing.share(current(request), plan, kind=kind, days=form.cleaned_data["days"])
    except TierwrightError as error:
        form.add_error(None, error.sentence)
        return ""
    return request.build_absolute_uri(reverse("share", args=[token]))


def _shares(request: HtmxRequest, plan: Plan, form: ShareForm, address: str) -> dict[str, Any]:
    proposal = proposal_of(plan)
    newest = revisions.get(plan)
    text = sharing.signed(newest, proposal.base if proposal else None)
    return {
        "plan": plan,
        "proposal": proposal,
        "rows": sharing.alive(plan),
        "form": form,
        "address": address,
        "why_not": sharing.why_not_share(current(request), plan),
        "svg": request.build_absolute_uri(reverse("embed", args=[text, "svg"])),
        "png": request.build_absolute_uri(reverse("embed", args=[text, "png"])),
        "revision": newest,
    }


@require_POST
def revoke(request: HtmxRequest, plan: str, pk: int) -> HttpResponse:
    """End a link."""
    link = get_object_or_404(ShareLink, pk=min(pk, 2**62), plan=plan_for(request, plan))
    sharing.revoke(current(request), link)
    return redirect("shares", plan)


@require_safe
def embed(request: HttpRequest, signed: str, form: str) -> HttpResponse:
    """A picture for another page; its address is signed, and good for a year."""
    seen = sharing.read_signed(signed)
    if seen is None or form not in ("svg", "png"):
        raise Http404("There is no picture at this address.")
    try:
        body = _drawing(seen).render("svg" if form == "svg" else "png")
    except DrawingFailed as failure:
        raise TierwrightError(str(failure)) from failure
    response = HttpResponse(body, content_type="image/svg+xml" if form == "svg" else "image/png")
    response["Cache-Control"] = "public, max-age=86400, immutable"  # a revision never changes
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _drawing(seen: Shown) -> Drawing:
    return draw(seen.before, seen.after) if seen.before else draw(seen.after)


def _private(response: HttpResponse) -> HttpResponse:
    """The address is the key: nothing on the page tells it on, and no search engine keeps it."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


urlpatterns = [
    path("share/<str:token>/", share, name="share"),
    path("plans/<slug:plan>/share/", shares, name="shares"),
    path("plans/<slug:plan>/share/<int:pk>/revoke/", revoke, name="share_revoke"),
    path("embed/<str:signed>.<slug:form>", embed, name="embed"),
]
