"""The person's API tokens: made, shown once, revoked."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from planner import tokens as keys
from planner.http import HtmxRequest, page
from planner.people import current


class TokenForm(forms.Form):
    """A new token."""

    name = forms.CharField(label="Name", max_length=80, help_text="Where it is used, such as the pipeline's name.")
    scopes = forms.MultipleChoiceField(
        label="It may",
        choices=[(scope, says) for scope, says in keys.SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
        initial=["read"],
    )
    days = forms.TypedChoiceField(
        label="It ends after", choices=[(7, "a week"), (90, "90 days"), (365, "a year")], coerce=int, initial=90
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HtmxRequest) -> HttpResponse:
    """The list; a new token's text is in the answer to the form alone."""
    form = TokenForm(request.POST or None)
    text, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            sent = form.cleaned_data
            _, text = keys.make(current(request), name=sent["name"], scopes=sent["scopes"], days=sent["days"])
            form, status = TokenForm(), 201
    rows = current(request).api_tokens.filter(revoked_at=None)
    return page(request, "planner/tokens.html", {"rows": rows, "form": form, "text": text}, status=status)


@require_POST
def revoke(request: HtmxRequest, pk: int) -> HttpResponse:
    """End a token."""
    if not keys.revoke(current(request), min(pk, 2**62)):
        raise Http404("You have no such token.")
    messages.success(request, "The token is revoked: nothing that uses it gets in any more.")
    return redirect("tokens")


urlpatterns = [
    path("account/tokens/", tokens, name="tokens"),
    path("account/tokens/<int:pk>/revoke/", revoke, name="token_revoke"),
]
