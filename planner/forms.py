"""Fields that the forms of accounts share, kept apart so that allauth may load them while it loads itself."""

from __future__ import annotations

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest

from topology.models import printable


class NameForm(forms.Form):
    """The name that others see; part of every form that makes an account."""

    first_name = forms.CharField(
        label="Name",
        max_length=80,
        required=False,
        validators=[printable],
        help_text="What others see beside what you write. Left empty, they see your handle.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        """Nothing more than what allauth saves of these fields."""
