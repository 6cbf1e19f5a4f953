"""Changing who is in a team: roles, leaving, invitations."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from planner import inviting, teams
from planner.http import HtmxRequest
from planner.models import Invitation, Membership, Role
from planner.pages.team.forms import InviteForm, RoleForm, blame
from planner.pages.team.show import answer
from planner.people import current, name_of
from planner.review import Refused
from topology.errors import TierwrightError


@require_POST
def change_role(request: HtmxRequest, team: str, pk: int) -> HttpResponse:
    """Give a member another role."""
    place = _place(request, team, pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise TierwrightError("choose one of the roles: viewer, commenter, editor, approver or owner")
    role = Role(form.cleaned_data["role"])
    teams.change_role(current(request), place, role)
    messages.success(request, f"{name_of(place.user)} is {role.label} now.")
    return redirect("team", place.team.slug)


@require_POST
def remove(request: HtmxRequest, team: str, pk: int) -> HttpResponse:
    """Take a member out of the team, or leave it."""
    place = _place(request, team, pk)
    user = current(request)
    teams.remove(user, place)
    if place.user_id == user.pk:
        messages.success(request, f"You are no longer in {place.team.name}.")
        return redirect("teams")
    messages.success(request, f"{name_of(place.user)} is no longer in the team. What they did stays in the audit.")
    return redirect("team", place.team.slug)


@require_POST
def invite(request: HtmxRequest, team: str) -> HttpResponse:
    """Ask somebody in by a mail."""
    found = teams.team_for(request, team)
    user = current(request)
    teams.refuse(inviting.why_not_invite(user, found))
    form = InviteForm(request.POST)
    if not form.is_valid():
        return answer(request, found, invite_form=form)
    email, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
    try:
        sent = inviting.invite(user, found, email=email, role=role, now=timezone.now())
    except Refused as refused:
        blame(form, refused)
        return answer(request, found, invite_form=form)
    _say_whether(request, sent, email)
    return redirect("team", found.slug)


@require_POST
def send_again(request: HtmxRequest, team: str, pk: int) -> HttpResponse:
    """Mail another link for the same place."""
    invitation = _invitation(request, team, pk)
    sent = inviting.send_again(current(request), invitation, now=timezone.now())
    _say_whether(request, sent, invitation.email)
    return redirect("team", invitation.team.slug)


@require_POST
def revoke(request: HtmxRequest, team: str, pk: int) -> HttpResponse:
    """Take an invitation back."""
    invitation = _invitation(request, team, pk)
    inviting.revoke(current(request), invitation, now=timezone.now())
    messages.success(request, f"The invitation of {invitation.email} is taken back; its link works no more.")
    return redirect("team", invitation.team.slug)


def _place(request: HtmxRequest, team: str, pk: int) -> Membership:
    found = teams.team_for(request, team)
    return get_object_or_404(found.memberships.select_related("team", "user"), pk=pk)


def _invitation(request: HtmxRequest, team: str, pk: int) -> Invitation:
    found = teams.team_for(request, team)
    teams.refuse(inviting.why_not_invite(current(request), found))
    return get_object_or_404(found.invitations.select_related("team", "invited_by"), pk=pk)


def _say_whether(request: HtmxRequest, sent: bool, email: str) -> None:
    if not sent:
        messages.error(request, f"{email} is invited, but the mail did not go out. Send it again in a few minutes.")
    elif settings.EMAIL_HOST:
        messages.success(request, f"A mail with the link is on its way to {email}. The link works for seven days.")
    else:
        says = "This site has no mail server, so the mail is a file in the directory mail of TIERWRIGHT_VAR."
        messages.warning(request, f"{email} is invited. {says}")


urlpatterns = [
    path("team/<slug:team>/members/<int:pk>/role/", change_role, name="change_role"),
    path("team/<slug:team>/members/<int:pk>/remove/", remove, name="remove_member"),
    path("team/<slug:team>/invitations/", invite, name="invite"),
    path("team/<slug:team>/invitations/<int:pk>/send/", send_again, name="send_invitation"),
    path("team/<slug:team>/invitations/<int:pk>/revoke/", revoke, name="revoke_invitation"),
]
