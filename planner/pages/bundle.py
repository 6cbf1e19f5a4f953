"""The bundle: every file of every host, what its program said, why each number is what it is, and the download."""

from __future__ import annotations

import io
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from planner.checking import again, look_up, report_of
from planner.errors import refusal
from planner.http import HtmxRequest, page
from planner.models import Checking
from planner.packed import packed
from planner.people import current
from planner.plans import plan_for
from planner.review import Refused, policies
from planner.review.certificate import certified
from topology import revisions
from topology.bundles import Answer, Bundle, HostFile, strangers, unvalidated, write_tar_gz, write_zip
from topology.errors import TierwrightError
from topology.models import Plan, Revision
from topology.packing import Packed

NOT_YET = "the programs were not asked yet when this bundle was downloaded"
KINDS = {"zip": (write_zip, "application/zip"), "tar.gz": (write_tar_gz, "application/gzip")}


@dataclass(frozen=True, kw_only=True)
class FileRow:
    """A file of a host, and what its program said."""

    file: HostFile
    answer: Answer | None

    @property
    def mode(self) -> str:
        """Its mode as `ls` and `chmod` know it: 0644."""
        return f"{self.file.config.mode:04o}"


@dataclass(frozen=True, kw_only=True)
class HostRows:
    """A host and its files."""

    name: str
    tier: str
    address: str
    roles: tuple[str, ...]
    files: tuple[FileRow, ...]

    @property
    def refused(self) -> int:
        """How many of its files a program refused."""
        return self._count("refused")

    @property
    def unvalidated(self) -> int:
        """How many of its files no program was there for."""
        return self._count("unvalidated")

    def _count(self, result: str) -> int:
        return sum(row.answer is not None and row.answer.result == result for row in self.files)


@require_safe
def bundle(request: HtmxRequest, plan: str) -> HttpResponse:
    """The files of the plan's head, host by host."""
    found = plan_for(request, plan)
    return _answer(request, found, revisions.get(found))


@require_safe
def file(request: HtmxRequest, plan: str, number: int, host: str, name: str) -> HttpResponse:
    """One file: its text, its validator's answer and the reason behind each number."""
    found, revision = _revision(request, plan, number)
    made = packed(revision).bundle
    try:
        shown = made.file(host, name)
    except KeyError:
        raise Http404(f"this bundle has no file {name} on {host}") from None
    report = report_of(look_up(made, revision))
    answer = report.answer(host, name) if report else None
    context = {"plan": found, "revision": revision, "row": FileRow(file=shown, answer=answer), "host": host}
    return page(request, "planner/bundle_file.html", context, parts=("file",))


@require_safe
def download(request: HtmxRequest, plan: str, number: int, kind: str) -> HttpResponse:
    """The archive, with the programs' answers where they have given them."""
    _, revision = _revision(request, plan, number)
    found = _pack(request, revision)
    if found.stopping:
        raise TierwrightError(
            "there are errors across the files of this plan: mend them, or take them on with a reason and a name, on"
            " its page of checks"
        )
    made = certified(found.bundle, revision)
    report = report_of(look_up(made, revision)) or unvalidated(made, NOT_YET)
    write, content_type = KINDS[kind]
    buffer = io.BytesIO()
    write(made.with_report(report), buffer)
    response = HttpResponse(buffer.getvalue(), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{made.file_name}.{kind}"'
    return response


@require_POST
def check_again(request: HtmxRequest, plan: str, number: int) -> HttpResponse:
    """Ask the programs once more."""
    found, revision = _revision(request, plan, number)
    if why_not := policies.why_not_ask(current(request), found):
        raise Refused(why_not)
    again(packed(revision).bundle, revision)
    return redirect("bundle", plan)


def _answer(request: HtmxRequest, plan: Plan, revision: Revision) -> HttpResponse:
    try:
        found = _pack(request, revision)
    except TierwrightError as error:
        refused = {"plan": plan, "revision": revision, "problem": refusal(error)}
        return page(request, "planner/no_bundle.html", refused, status=422)
    checking = look_up(found.bundle, revision)
    report = report_of(checking)
    context = {
        "plan": plan,
        "revision": revision,
        "bundle": certified(found.bundle, revision),
        "missing": (*found.missing, *filter(None, [strangers(found.bundle.cluster.design.system)])),
        "stopping": found.stopping,
        "hosts": _hosts(found.bundle, checking),
        "checking": checking,
        "report": report,
        "running": _running(request, revision),
        "earlier": revisions.history(plan).filter(number__lt=revision.number),
        "refused": report.refused if report else (),
        "unasked": sorted({answer.output for answer in report.unvalidated}) if report else (),
    }
    return page(request, "planner/bundle.html", context, parts=("checked",))


def _pack(request: HtmxRequest, revision: Revision) -> Packed:
    """The bundle with its runbook: from the revision that `from` names, else as a first installation."""
    return packed(revision, _running(request, revision))


def _running(request: HtmxRequest, revision: Revision) -> Revision | None:
    """The revision that runs now, as the person says; None where nothing does, or where it is not an earlier one."""
    text = request.GET.get("from", "")
    if not text.isdecimal() or not 0 < int(text) < revision.number:
        return None
    return revisions.get(revision.plan, int(text))


def _hosts(made: Bundle, checking: Checking) -> list[HostRows]:
    report = report_of(checking)
    return [
        HostRows(
            name=host.name,
            tier=host.tier,
            address=host.address,
            roles=tuple(role.name for role in host.roles),
            files=tuple(
                FileRow(file=item, answer=report.answer(item.host, item.path) if report else None)
                for item in made.by_host[host.name]
            ),
        )
        for host in made.cluster.design.hosts
    ]


def _revision(request: HtmxRequest, plan: str, number: int) -> tuple[Plan, Revision]:
    found = plan_for(request, plan)
    try:
        return found, revisions.get(found, number)
    except Revision.DoesNotExist:
        raise Http404(f"{found.name} has no revision {number}; its newest is {found.head}.") from None


urlpatterns = [
    path("plans/<slug:plan>/bundle/", bundle, name="bundle"),
    path("plans/<slug:plan>/bundle/<int:number>/check/", check_again, name="check_again"),
    path("plans/<slug:plan>/bundle/<int:number>.zip", download, {"kind": "zip"}, name="bundle_zip"),
    path("plans/<slug:plan>/bundle/<int:number>.tar.gz", download, {"kind": "tar.gz"}, name="bundle_tar_gz"),
    path("plans/<slug:plan>/bundle/<int:number>/<slug:host>/<path:name>", file, name="bundle_file"),
]
