"""The forms of a team's page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.models import User

from planner.models import Role, Team
from planner.people import name_of
from planner.ruling import approvers_of
from topology.errors import TierwrightError
from topology.models import printable

APPROVING = [(str(role), role.label) for role in Role if role.reaches(Role.APPROVER)]


class RoleForm(forms.Form):
    """What a member may do."""

    role = forms.ChoiceField(choices=Role.choices)


class InviteForm(forms.Form):
    """Whom to ask in."""

    email = forms.EmailField(label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(label="Role", choices=Role.choices, initial=Role.EDITOR)


class TeamForm(forms.ModelForm[Team]):
    """How a team decides; validated here, saved by `planner.teams`."""

    name = forms.CharField(label="Name", max_length=80, validators=[printable])
    lead_days = forms.IntegerField(
        label="Days from a decision to servers that carry load",
        min_value=0,
        max_value=730,
        help_text="A proposal's decide-by date is so much before its plan reaches a limit.",
    )
    budget_month = forms.DecimalField(
        label="A plan may cost a month",
        required=False,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        help_text="In the plan's own currency. Left empty, no budget is checked.",
    )
    only_proposals = forms.BooleanField(
        label="Plans change by accepted proposals alone",
        required=False,
        help_text="Then the editor saves nothing by itself: every change is proposed.",
    )

    class Meta:
        model = Team
        fields = ("name", "lead_days", "budget_month", "only_proposals")


class People(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """People by the name that others see."""

    def label_from_instance(self, obj: Any) -> str:
        """The name, and the handle that mentions use."""
        assert isinstance(obj, User)
        return f"{name_of(obj)} (@{obj.username})"


class RuleForm(forms.Form):
    """Whose yes a change needs."""

    area = forms.CharField(
        label="For the area",
        max_length=60,
        initial="*",
        help_text="* for every area that changes, plan, tier:NAME or role:NAME.",
        widget=forms.TextInput(attrs={"list": "areas", "autocomplete": "off"}),
    )
    number = forms.IntegerField(label="Different people", min_value=1, max_value=9, initial=1)
    people = People(
        queryset=User.objects.none(),
        required=False,
        label="Of these people",
        help_text="Nobody chosen: anybody of the role.",
        widget=forms.CheckboxSelectMultiple,
    )
    least_role = forms.ChoiceField(label="Or of the role", choices=APPROVING, initial=Role.APPROVER)
    cost_above = forms.DecimalField(
        label="Only if it adds more a month than",
        required=False,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        help_text="In the plan's own currency. Left empty: whatever it costs.",
    )

    def __init__(self, team: Team, data: Any = None) -> None:
        super().__init__(data)
        people = self.fields["people"]
        assert isinstance(people, People)
        people.queryset = User.objects.filter(pk__in=[person.pk for person in approvers_of(team)])


def blame(form: forms.Form | forms.ModelForm[Team], error: TierwrightError) -> None:
    """Put a refusal of the domain beside the field that it speaks of."""
    field = error.place.path if error.place.path in form.fields else None
    form.add_error(field, f"{error.sentence[:1].upper()}{error.sentence[1:]}.")
