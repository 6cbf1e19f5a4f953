"""Fields that the forms of accounts share, kept apart so that allauth may load them while it loads itself."""

from __future__ import annotations

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest

from topology.fields import UNPRINTABLE
from topology.models import printable

LONGEST_NAME = 80


def shown_name(text: str) -> str:
    """A name as others see it: on one line, of characters that can be seen, not too long."""
    return " ".join(UNPRINTABLE.sub(" ", text).split())[:LONGEST_NAME].strip()


class NameForm(forms.Form):
    """The name that others see; part of every form that makes an account."""

    first_name = forms.CharField(
        label="Name",
        max_length=LONGEST_NAME,
        required=False,
        validators=[printable],
        help_text="What others see beside what you write. Left empty, they see your handle.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_first_name(self) -> str:
        """On one line."""
        return shown_name(self.cleaned_data["first_name"])

    def signup(self, request: HttpRequest, user: User) -> None:
        """Nothing more than what allauth saves of these fields."""
