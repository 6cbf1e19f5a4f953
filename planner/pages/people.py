"""Without accounts, who one is at the moment: the local person, or somebody of the demo."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from planner import people
from planner.http import HtmxRequest
from topology.errors import TierwrightError


@require_POST
def act_as(request: HtmxRequest) -> HttpResponse:
    """Be somebody else of the local team from now on."""
    if settings.ACCOUNTS:
        raise Http404("This site has accounts: who you are is said by your login.")
    handle, onward = request.POST.get("handle", ""), request.POST.get("next", "")
    chosen = next((person for person in people.cast() if person.username == handle), None)
    if chosen is None:
        raise TierwrightError("nobody of this name is in the local team; choose one of the list")
    request.session[people.ACTS_AS] = chosen.username
    messages.success(request, f"You are {people.name_of(chosen)} now.")
    ours = url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()})
    return redirect(onward if ours else "start")


urlpatterns = [path("people/act-as/", act_as, name="act_as")]
