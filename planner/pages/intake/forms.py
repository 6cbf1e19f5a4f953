"""The forms of the intake page; each turns into a value of the domain."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Layout
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify

from planner.models import Team
from planner.uploads import limit_text
from topology.fields import check_domain, check_text
from topology.value import estimate
from topology.workload import Observation, RequestClass, Workload

TOO_LARGE = "too_large"


def hint(says: str, where: str, answer: str) -> SafeString:
    """Help under a field, with the answer to where its number is found."""
    return format_html("{} <details><summary>{}</summary> {}</details>", says, where, answer)


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class LogsField(forms.FileField):
    """One or more log files. Their names and types are not believed; the reader looks inside."""

    widget = ManyFiles

    def clean(self, data: Sequence[UploadedFile[Any]] | None, initial: object = None) -> list[UploadedFile[Any]]:
        """The files; refused where one is empty or all together are too large."""
        uploads = list(data or [])
        for upload in uploads:
            if not upload.size:
                raise ValidationError(
                    f"{shown_name(upload.name, 1)} is empty; send a log with at least a day of requests."
                )
        if sum(upload.size or 0 for upload in uploads) > settings.MAX_LOG_BYTES:
            raise ValidationError(
                f"This is more than the {limit_text()} that the site reads at once. On the command line there is no"
                " limit: python manage.py intake access.log -o workload.yaml",
                code=TOO_LARGE,
            )
        return uploads


class LogForm(forms.Form):
    """Log files, or lines pasted from one."""

    logs = LogsField(
        required=False,
        label="Log files",
        help_text="Drop them here or choose them. Plain, .gz or .bz2; several hosts over the same hours add up."
        " Common or combined (Apache, nginx, gunicorn), JSON lines, HAProxy, uWSGI, load balancers.",
    )
    lines = forms.CharField(
        required=False,
        strip=False,
        label="Lines of a log",
        widget=forms.Textarea(attrs={"rows": 7, "class": "lines", "spellcheck": "false", "autocomplete": "off"}),
    )
    month = forms.RegexField(
        r"^(19[7-9]\d|2[01]\d\d)-(0[1-9]|1[0-2])$",
        required=False,
        label="Month of the log",
        help_text="Only for logs that number their days without a month, as 1995-08.",
        error_messages={"invalid": "Write the month as YYYY-MM, such as 1995-08."},
        widget=forms.TextInput(attrs={"placeholder": "YYYY-MM", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper(
            Div(
                Field("logs", data_limit=settings.MAX_LOG_BYTES, data_limit_text=limit_text()),
                css_class="drop",
                data_drop="id_logs",
            ),
            HTML('<p class="or">or</p>'),
            "lines",
            HTML('<details class="mb-3"{% if log_form.month.errors %} open{% endif %}>'
                 "<summary>My log has no month</summary>"),
            "month",
            HTML("</details>"),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """At least one log, however it came."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned.get("logs") and not cleaned.get("lines", "").strip():
            raise ValidationError("Choose a log file or paste some lines of one.")
        return cleaned

    @property
    def status(self) -> int:
        """The status of a refusal: 413 where it is the size."""
        return 413 if self.has_error("logs", TOO_LARGE) else 422

    def pasted(self) -> bytes:
        """The pasted lines as a log of their own; empty where there are none."""
        text: str = self.cleaned_data["lines"]
        return text.encode() if text.strip() else b""

    def names(self) -> list[str]:
        """A name for each log, in the order in which `uploads.receive` keeps them."""
        names = ["pasted lines"] if self.pasted() else []
        uploads = self.cleaned_data["logs"]
        return names + [shown_name(upload.name, number) for number, upload in enumerate(uploads, start=1)]


def shown_name(name: str | None, number: int) -> str:
    """The file's own name, fit to be shown; `log 2` where it is not."""
    try:
        return check_text(name or "").strip()[:80] or f"log {number}"
    except ValueError:
        return f"log {number}"


class NumbersForm(forms.Form):
    """Five numbers that stand for a log."""

    peak = forms.FloatField(
        min_value=0.001,
        max_value=1_000_000,
        initial=5,
        label="Peak, requests/s",
        help_text=hint(
            "Mean of the busiest hour, all requests.",
            "Where do I find this?",
            "Requests of that hour / 3600. From a log: the hits of its fullest hour; from a load balancer: its request"
            " count, or `Requests per second` of its status page.",
        ),
    )
    page_share = forms.FloatField(
        min_value=0,
        max_value=100,
        initial=30,
        label="Share of pages, %",
        help_text=hint(
            "Requests that Django answers; the rest are files.",
            "Where do I find this?",
            "Count the requests of a log whose path has no file extension. Behind a CDN it is near 100.",
        ),
    )
    busy = forms.FloatField(
        min_value=0.1,
        max_value=100,
        required=False,
        label="CPU busy then, %",
        help_text=hint(
            "Left out, a table takes its place, as a guess.",
            "Where do I find this?",
            "100 minus %idle in `sar -u` for that hour (files in /var/log/sysstat or /var/log/sa), CPUUtilization in"
            " CloudWatch, or the CPU graph of your host's panel.",
        ),
    )
    cores = forms.IntegerField(
        min_value=1,
        max_value=1024,
        required=False,
        label="Cores of that server",
        help_text=hint("Of the server it ran on.", "Where do I find this?", "`nproc` on the server."),
    )
    database_gib = forms.FloatField(
        min_value=0,
        max_value=1_000_000,
        initial=1,
        label="Database, GiB",
        help_text=hint(
            "Its size on disk.",
            "Where do I find this?",
            "PostgreSQL: SELECT pg_size_pretty(pg_database_size(current_database())). SQLite: the size of the file.",
        ),
    )
    media_gib = forms.FloatField(
        min_value=0,
        max_value=10_000_000,
        initial=5,
        label="Uploaded media, GiB",
        help_text=hint(
            "Files in MEDIA_ROOT.", "Where do I find this?", "`du -sh` on MEDIA_ROOT, or your bucket's size."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper(Div(*_numeric(self, *self.fields), css_class="fields"))

    def clean(self) -> dict[str, Any]:
        """The cores are of use only beside how busy they were."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("busy") is None and cleaned.get("cores") is not None and not self.has_error("busy"):
            self.add_error("busy", "Say how busy these cores were, or leave them out.")
        return cleaned

    def workload(self) -> Workload:
        """The numbers as a workload, each of them given."""
        said = self.cleaned_data
        return Workload(
            peak_requests_per_second=said["peak"],
            classes=_mix(said["page_share"] / 100),
            database_gib=said["database_gib"],
            media_gib=said["media_gib"],
            observed=_observation(said["busy"], said["cores"], None, said["peak"]),
        )


def _mix(pages: float) -> dict[str, RequestClass]:
    shares = {"page": round(pages, 4), "static": round(1 - pages, 4)}
    return {name: RequestClass(share=share) for name, share in shares.items() if share > 0}


class BusyForm(forms.Form):
    """The one question that a log cannot answer: how busy the server was at its peak hour."""

    busy = forms.FloatField(
        min_value=0.1,
        max_value=100,
        required=False,
        label="CPU busy in that hour, %",
        help_text=hint(
            "Of the whole server.",
            "Where do I find this?",
            "100 minus %idle in `sar -u -s 19:00:00 -e 20:00:00 -f /var/log/sysstat/saDD`, with the hour and day of the"
            " peak; CPUUtilization in CloudWatch; the CPU graph of your host's panel.",
        ),
    )
    cores = forms.IntegerField(
        min_value=1,
        max_value=1024,
        required=False,
        label="Cores",
        help_text=hint("Of that server.", "Where do I find this?", "`nproc`, or the size of the instance."),
    )
    ram_mib = forms.IntegerField(
        min_value=1,
        max_value=32_000_000,
        required=False,
        label="Memory in use, MiB",
        help_text=hint(
            "Without the page cache.",
            "Where do I find this?",
            "`used` of `free -m`, or kbmemused minus kbbuffers and kbcached of `sar -r`, divided by 1024.",
        ),
    )

    people = forms.BooleanField(required=False, label="Leave out robots that say so")
    """It stands beside the figures that it changes, not among the numbers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper(Div(*_numeric(self, "busy", "cores", "ram_mib"), css_class="fields"))

    @property
    def wants_people(self) -> bool:
        """Whether the requests of robots are to be left out."""
        return bool(self.data.get("people"))

    def clean(self) -> dict[str, Any]:
        """Cores and memory are of use only beside the CPU."""
        cleaned: dict[str, Any] = super().clean() or {}
        others = cleaned.get("cores") is not None or cleaned.get("ram_mib") is not None
        if cleaned.get("busy") is None and others and not self.has_error("busy"):
            self.add_error("busy", "Say how busy the CPU was, or leave all three out.")
        return cleaned

    def applied(self, workload: Workload) -> Workload:
        """The workload with what was seen beside it."""
        said = self.cleaned_data
        seen = _observation(said["busy"], said["cores"], said["ram_mib"], _rate_seen(workload))
        return workload.model_copy(update={"observed": seen}) if seen else workload


def _rate_seen(workload: Workload) -> float:
    """The rate of all requests in the hour of the peak: the server was busy with robots too, left out or not."""
    robots = workload.robots
    others = estimate(robots.share).mid if robots and robots.left_out else 0.0
    return workload.peak.mid / (1 - others) if others < 1 else workload.peak.mid


def _observation(busy: float | None, cores: int | None, ram_mib: int | None, rate: float) -> Observation | None:
    if busy is None:
        return None
    said = {"cores": cores, "ram_used_mib": ram_mib}
    known: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    return Observation(cpu_share=round(busy / 100, 6), requests_per_second=rate, **known)


class PlanForm(forms.Form):
    """What a new plan is called, and under which domain its site is found."""

    name = forms.CharField(max_length=80, initial="My site", label="Name of the plan")
    domain = forms.CharField(max_length=253, initial="www.example.com", label="Domain of the site")
    stack = forms.ChoiceField(
        choices=[
            ("today", "Today's: nginx, gunicorn, HAProxy"),
            ("chapter21", "Of 2006: mod_python, Perlbal, Slony"),
        ],
        required=False,
        label="Programs",
        help_text="What the stages add; those of 2006 are chapter 21's of The Django Book. All can be changed later.",
    )

    def __init__(self, *args: Any, homes: Sequence[Team] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.homes = {home.slug: home for home in homes}
        if len(homes) > 1:
            self.fields["team"] = forms.ChoiceField(
                label="Team", help_text="Who decides on it.", choices=[(home.slug, home.name) for home in homes]
            )
        self.helper = _helper(Div(*(name for name in self.fields if name != "stack"), css_class="fields"), "stack")

    def clean_name(self) -> str:
        """Printable text that is not empty, on one line."""
        return _checked(check_text, " ".join(self.cleaned_data["name"].split()))

    def clean_domain(self) -> str:
        """A domain in its ASCII form; upper case is taken for lower."""
        return _checked(check_domain, self.cleaned_data["domain"].lower())

    def clean_stack(self) -> str:
        """Today's programs where nothing is chosen."""
        return str(self.cleaned_data["stack"] or "today")

    @property
    def home(self) -> Team | None:
        """The team that was chosen; None where there was no choice."""
        return self.homes.get(self.cleaned_data.get("team", ""))

    @property
    def slug(self) -> str:
        """The plan's name as a host name label."""
        words = slugify(self.cleaned_data["name"]).replace("_", "-").strip("-")
        named = words if words[:1].isalpha() else f"site-{words}"
        return re.sub(r"-+", "-", named)[:40].strip("-")


def _checked(check: Any, text: str) -> str:
    try:
        return str(check(text))
    except ValueError as error:
        raise ValidationError(f"{str(error).capitalize()}.") from error


def _helper(*layout: object) -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(*layout)
    return helper


def _numeric(form: forms.Form, *names: str) -> list[Field]:
    """Number fields with any step, so that a browser takes decimals."""
    for name in names:
        if isinstance(form.fields[name], forms.FloatField):
            form.fields[name].widget.attrs["step"] = "any"
    return [Field(name, autocomplete="off") for name in names]
