"""README.md of a bundle, and what a person does once on each host before its roles first run."""

from __future__ import annotations

from collections.abc import Iterator

from topology.bundles.bundle import Bundle
from topology.bundles.report import RESULTS, ValidationReport
from topology.components import Cluster, Preparation

_LISTED = 20


def readme(bundle: Bundle) -> str:
    """What is in the bundle, how to read it, each host in a line, and what is not in it. Needs its report."""
    assert bundle.report is not None
    parts = (
        f"# {bundle.name}",
        _standing(bundle),
        _contents(bundle),
        _checked(bundle.report),
        _hosts(bundle),
        _ABSENT,
    )
    return "\n\n".join(parts) + "\n"


def _standing(bundle: Bundle) -> str:
    papers = bundle.papers
    names = ", ".join(papers.approved_by)
    if papers.standing == "accepted":
        return " ".join(
            filter(None, [f"Accepted as revision {papers.revision} of {papers.plan}.", _agreed(bundle), _proof(bundle)])
        )
    if papers.revision is None:
        return f"**DRAFT: no review.** {_BEFORE}"
    of = f"revision {papers.revision} of {papers.plan}"
    some = f" Some of them were approved by {names}, which is not enough." if names else ""
    return " ".join(
        filter(None, [f"**DRAFT: nobody has accepted these files**, {of}.{some} {_BEFORE}", _proof(bundle)])
    )


def _agreed(bundle: Bundle) -> str:
    """Who agreed; where the rules were set aside that comes first, though some may have approved."""
    papers = bundle.papers
    names = ", ".join(papers.approved_by)
    if names and not papers.broke_glass:
        return f"Approved by {names}."
    some = f"Some of it was approved by {names}" if names else "Nobody approved it"
    given = " ".join(papers.broke_glass.split())
    why = f" The reason that was given: {given}{'' if given.endswith(('.', '!', '?')) else '.'}" if given else ""
    return f"**{some}: the rules were set aside by an owner.**{why}"


_BEFORE = "Have them reviewed before they go to a server."


def _proof(bundle: Bundle) -> str:
    head = bundle.papers.audit_head
    return f"The site's audit tells of it: `manage.py verify_history --head {head}`." if head else ""


def _contents(bundle: Bundle) -> str:
    rows = [
        ("`manifest.json`", "every file: host, owner, mode, SHA-256, component, what its change asks for, and why"),
        ("`SHA256SUMS`", "checked by `sha256sum -c SHA256SUMS` in this directory"),
        ("`reports/validation.json`", "what the real programs said about each file"),
        ("`cluster/plan.yaml`, `plan.json`", "the plan; the SHA-256 of `plan.json` is the plan digest"),
        ("`cluster/hosts`, `cluster/edges.csv`", "the servers, and every connection that is allowed between them"),
        ("`hosts/<name>/rootfs/`", "the files of one server, at their places below `/`"),
        ("`hosts/<name>/packages.txt`, `units.json`", "its packages, and its units with what their files ask for"),
    ]  # fmt: skip
    if bundle.papers.rules is not None:
        rows.insert(2, ("`reports/rules.json`", "what the checks across all files found, and who has taken on what"))
    if bundle.papers.runbook is not None:
        rows.insert(2, ("`RUNBOOK.md`", "the steps in order, with the way back"))
    if any(_prepared(bundle, host) for host in bundle.by_host):
        rows.append(("`hosts/<name>/PREPARE.md`", "what a person does there once, before the first start"))
    table = "\n".join(f"| {what} | {means} |" for what, means in rows)
    return f"## What is in it\n\n| file | what it is |\n|---|---|\n{table}\n\n{_MANIFEST}"


_MANIFEST = (
    "In the manifest, `action` says what the unit needs when the file changes (`reload`, `restart` or `none`), and"
    " `why` gives for each derived number its setting, value, formula and the facts it was worked out from. Its"
    " `content_digest` is the SHA-256 over the sorted lines `sha256  hosts/<name>/rootfs/<path>`, each ended by a"
    " newline: two bundles with the same digest configure their servers alike, whatever their papers say."
)


def _checked(report: ValidationReport) -> str:
    counts = ", ".join(f"{report.counts[result]} {result}" for result in RESULTS)
    lines = [f"## How it was checked\n\nOf {len(report.answers)} files: {counts}."]
    for title, answers in (("Refused", report.refused), ("Looked at by no program", report.unvalidated)):
        if answers:
            lines.append(f"{title}:\n")
            lines += [f"- {a.host} `/{a.path}`: {_one_line(a.output)}" for a in answers[:_LISTED]]
            if len(answers) > _LISTED:
                lines.append(f"- and {len(answers) - _LISTED} more, in `reports/validation.json`")
    return "\n".join(lines)


def _one_line(output: str) -> str:
    """The first line, so that no word of a program becomes Markdown of ours."""
    line = output.strip().partition("\n")[0]
    return f"`{line.replace('`', ' ')}`" if line else "no words"


def _hosts(bundle: Bundle) -> str:
    rows = "\n".join(_host_rows(bundle))
    return f"## The servers\n\n| server | address | tier | roles | files |\n|---|---|---|---|---|\n{rows}"


def _host_rows(bundle: Bundle) -> Iterator[str]:
    for host in bundle.cluster.design.hosts:
        roles = ", ".join(placed.role.name for placed in bundle.cluster.by_host[host.name])
        yield f"| {host.name} | {host.address} | {host.tier} | {roles} | {len(bundle.by_host[host.name])} |"


_ABSENT = """## What is not in it

- No secret: no password, key or certificate. Files name the paths where such things lie.
- No code of your site, and none of its data.
- No approval and no rehearsal, unless this page says so above: a program that accepts a file has not yet served a
  request with it."""


def preparations(bundle: Bundle, host: str) -> str:
    """PREPARE.md of a host; empty where nothing is to be done by hand."""
    steps = list(_steps(bundle.cluster, host))
    if not steps:
        return ""
    head = f"# Before the roles of {host} first run\n\nOnce, as root on {host}: no file of this bundle may hold it."
    return "\n\n".join((head, *steps)) + "\n"


def _prepared(bundle: Bundle, host: str) -> bool:
    return any(placed.component.preparations(placed) for placed in bundle.cluster.by_host[host])


def _steps(cluster: Cluster, host: str) -> Iterator[str]:
    for placed in cluster.by_host[host]:
        steps = placed.component.preparations(placed)
        if steps:
            yield f"## {placed.role.name}"
        yield from map(_step, steps)


def _step(step: Preparation) -> str:
    lines = "\n".join(step.lines)
    parts = [step.does, f"```sh\n{lines}\n```" if lines else ""]
    if step.secrets:
        parts.append("It makes these secrets: " + ", ".join(f"`{path}`" for path in step.secrets) + ".")
    return "\n\n".join(part for part in parts if part)
