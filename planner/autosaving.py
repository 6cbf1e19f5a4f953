"""What a person was changing in the editor and has not saved: kept while they work, offered when they come back."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from planner.models import Autosave
from topology import document
from topology.design import Design
from topology.models import Plan

Draft = dict[str, Any]


def keep(user: User, plan: Plan, *, parent: str, draft: Draft, base: Design) -> None:
    """Remember the draft; one that changes nothing is none."""
    if draft == document.to_data(base) or len(parent) != 64:
        forget(user, plan)
        return
    said = {"parent": parent, "draft": draft, "saved_at": timezone.now()}
    Autosave.objects.update_or_create(user=user, plan=plan, defaults=said)


def kept(user: User, plan: Plan) -> Autosave | None:
    """What the person left unsaved."""
    return Autosave.objects.filter(user=user, plan=plan).first()


def forget(user: User, plan: Plan) -> None:
    """It is saved, or thrown away."""
    Autosave.objects.filter(user=user, plan=plan).delete()
