"""A person's own page: the name that others see, how the account is protected, where it is logged in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods

from planner import accounts
from planner.forms import NameForm
from planner.http import HtmxRequest, page
from planner.people import current


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HtmxRequest) -> HttpResponse:
    """Who one is here; a form changes the name that others see."""
    user = current(request)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"first_name": user.first_name})
    if form.is_bound and form.is_valid():
        accounts.rename(user, form.cleaned_data["first_name"])
        messages.success(request, "The name is changed.")
        return redirect("account")
    context: dict[str, Any] = {
        "form": form,
        "person": user,
        "places": accounts.places_of(user),
        "single_sign_on": bool(settings.SOCIALACCOUNT_PROVIDERS),
        "protected": accounts.protection_of(user) if settings.ACCOUNTS else None,
    }
    return page(request, "planner/account.html", context, status=422 if form.is_bound else 200)


urlpatterns = [path("account/", account, name="account")]
