"""The form by which somebody proposes the next design of a plan: its words, and where the design comes from."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User

from planner.models.threads import MOST_TEXT
from planner.review import policies
from topology import document
from topology.components import catalogue
from topology.design import Design, TierwrightError
from topology.diff import compare
from topology.models import Plan, printable
from topology.revisions import get, load
from topology.stages import every_stage, evolve

Words = dict[str, object]
SOURCES = (
    ("plan", "The plan as it stands, to be changed in the editor"),
    ("stage", "One of the five stages"),
    ("file", "A plan file"),
)
"""Where the first design of a proposal comes from; the editor adds its own draft."""
MOST_TITLE = 120
MOST_DOCUMENT = 4_000_000


class ProposeForm(forms.Form):
    """A title, the reasons, and the design."""

    title = forms.CharField(
        label="What is proposed",
        max_length=MOST_TITLE,
        validators=[printable],
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "A second web server before the vote"}),
    )
    why = forms.CharField(
        label="Why",
        required=False,
        max_length=MOST_TEXT,
        help_text="Markdown. What the figures cannot say: what is coming, what was tried, what must not change.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    source = forms.ChoiceField(choices=[*SOURCES, ("draft", "What the editor holds")], initial="plan")
    stage = forms.ChoiceField(choices=[], required=False, label="Stage")
    document = forms.CharField(
        label="Plan file, YAML or JSON",
        required=False,
        max_length=MOST_DOCUMENT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "class": "lines", "spellcheck": "false"}),
    )

    def __init__(self, plan: Plan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        stages = [(stage.name, stage.title) for stage in every_stage()]
        self.fields["stage"] = forms.ChoiceField(choices=[("", "choose one"), *stages], required=False, label="Stage")
        for name in ("title", "why", "stage", "document"):
            field = self.fields[name]
            kind = "form-select" if name == "stage" else "form-control"
            field.widget.attrs["class"] = f"{kind} {field.widget.attrs.get('class', '')}".strip()

    def clean(self) -> dict[str, Any]:
        """Read the design, so that a plan file that is refused is refused here, beside what was typed."""
        cleaned: dict[str, Any] = super().clean() or {}
        self.design: Design | None = None
        if self.errors:
            return cleaned
        try:
            self.design = self._design(cleaned)
        except TierwrightError as error:
            lines = error.lines() if hasattr(error, "lines") else (str(error),)
            field = "stage" if cleaned["source"] == "stage" else "document"
            self.add_error(field, [forms.ValidationError(line) for line in lines])
        return cleaned

    def _design(self, cleaned: dict[str, Any]) -> Design | None:
        """None for the plan as it stands."""
        if cleaned["source"] == "plan":
            return None
        base = load(self.plan)
        if cleaned["source"] == "stage":
            if not cleaned["stage"]:
                raise TierwrightError("choose the stage that is proposed")
            return evolve(base).view(cleaned["stage"]).design
        if not cleaned["document"].strip():
            raise TierwrightError("paste the plan file that is proposed")
        found = document.load(cleaned["document"], catalogue=catalogue())
        return found.model_copy(update={"name": base.name})


def context_of(user: User, plan: Plan, form: ProposeForm) -> Words:
    """What the page with the form shows."""
    return {
        "plan": plan,
        "revision": get(plan),
        "form": form,
        "source": form["source"].value(),
        "why_not": policies.why_not_propose(user, plan),
    }


def of_editor(user: User, plan: Plan, design: Design, *, said: str) -> Words:
    """The same for what the editor holds, which nobody has saved; `said` is what its person wrote beside Save."""
    held = {"source": "draft", "document": document.canonical(design).decode(), "title": said[:MOST_TITLE]}
    return context_of(user, plan, ProposeForm(plan, initial=held)) | {"changes": compare(load(plan), design).lines()}
