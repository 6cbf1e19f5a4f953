"""The bundle page: every file with its program's answer and its reasons, and the archive."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planner import checking
from planner.models import Checking
from topology import document, revisions
from topology.bundles import unvalidated
from topology.components import catalogue
from topology.design import Design
from topology.models import Plan
from topology.packing import Packed, pack

pytestmark = pytest.mark.django_db

DATA: Mapping[str, Any] = {
    "tierwright": 1,
    "name": "newspaper",
    "sites": [{"name": "newspaper", "domains": ["www.example.com"]}],
    "workload": {"peak_requests_per_second": 20, "classes": {"page": {"share": 1, "app_cpu_ms": 20}}},
    "tiers": [{"name": "web", "servers": {"count": 1, "type": "small"}, "roles": ["nginx", "gunicorn", "sqlite"]}],
}


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    """A plan with one revision, whose files nobody checks by itself."""
    monkeypatch.setattr(checking, "_start", lambda found, *how: None)
    return revisions.start(
        document.from_data(dict(DATA), catalogue=catalogue()), name="Newspaper", message="first"
    ).plan


def check(plan: Plan) -> Checking:
    """Ask the real programs about the plan's files."""
    head = revisions.get(plan)
    found = checking.look_up(pack(revisions.design_of(head)).bundle, head)
    checking.check(found)
    found.refresh_from_db()
    return found


def test_shows_every_file_while_the_programs_are_asked(client: Client, plan: Plan) -> None:
    text = client.get(reverse("bundle", args=[plan.slug])).content.decode()

    assert "/etc/nginx/nginx.conf" in text
    assert "The programs are being asked" in text
    assert 'hx-trigger="every 1s"' in text


def test_shows_what_the_programs_said(client: Client, plan: Plan) -> None:
    found = check(plan)

    text = client.get(reverse("bundle", args=[plan.slug])).content.decode()

    assert found.state == Checking.State.DONE
    assert "Accepted" in text
    assert "hx-trigger" not in text.split('id="checked"')[1].split(">")[0]
    assert "word-bad" not in text


def test_the_same_files_are_asked_about_once(client: Client, plan: Plan) -> None:
    check(plan)

    client.get(reverse("bundle", args=[plan.slug]))

    assert Checking.objects.count() == 1


def test_a_checker_that_is_gone_is_followed_by_another(plan: Plan) -> None:
    head = revisions.get(plan)
    bundle = pack(revisions.design_of(head)).bundle
    first = checking.look_up(bundle, head)
    Checking.objects.filter(pk=first.pk).update(state=Checking.State.FAILED)

    second = checking.look_up(bundle, head)

    assert second.pk == first.pk
    assert second.state == Checking.State.RUNNING


def test_a_file_is_shown_with_its_reasons(client: Client, plan: Plan) -> None:
    address = reverse("bundle_file", args=[plan.slug, 1, "web1", "etc/newspaper/gunicorn.conf.py"])

    text = client.get(address).content.decode()

    assert "workers" in text
    assert "2 × cores + 1" in text


@pytest.mark.parametrize(
    ("host", "name"), [("web9", "etc/hosts"), ("web1", "etc/shadow"), ("web1", "../../etc/passwd")]
)
def test_a_file_that_is_not_in_the_bundle_is_not_found(client: Client, plan: Plan, host: str, name: str) -> None:
    assert client.get(reverse("bundle_file", args=[plan.slug, 1, host, name])).status_code == 404


def test_the_archive_holds_the_programs_answers(client: Client, plan: Plan) -> None:
    check(plan)

    response = client.get(reverse("bundle_zip", args=[plan.slug, 1]))

    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("reports/validation.json")]
        report = json.loads(archive.read(name))
    assert report["counts"]["refused"] == 0
    assert report["counts"]["accepted"] > 5


def test_two_downloads_are_the_same_bytes(client: Client, plan: Plan) -> None:
    address = reverse("bundle_tar_gz", args=[plan.slug, 1])

    first, second = client.get(address).content, client.get(address).content

    assert first == second
    with tarfile.open(fileobj=io.BytesIO(first)) as archive:
        assert any(name.endswith("manifest.json") for name in archive.getnames())


def test_the_programs_are_asked_again_by_post_only(client: Client, plan: Plan) -> None:
    check(plan)
    address = reverse("check_again", args=[plan.slug, 1])

    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    assert Checking.objects.get().state == Checking.State.RUNNING


def test_an_unknown_revision_is_not_found(client: Client, plan: Plan) -> None:
    assert client.get(reverse("bundle_zip", args=[plan.slug, 9])).status_code == 404


def test_a_plan_that_would_not_run_leads_to_its_editor(client: Client) -> None:
    tiers = [{"name": "web", "servers": {"count": 2, "type": "small"}, "roles": ["nginx", "gunicorn", "sqlite"]}]
    design = document.from_data({**DATA, "tiers": tiers}, catalogue=catalogue())
    plan = revisions.start(design, name="Torn", message="first").plan

    response = client.get(reverse("bundle", args=[plan.slug]))

    assert response.status_code == 422
    assert reverse("editor", args=[plan.slug]) in response.content.decode().split("<main")[1]


def test_a_host_whose_files_no_program_checked_is_not_called_accepted(client: Client, plan: Plan) -> None:
    head = revisions.get(plan)
    packed = pack(revisions.design_of(head)).bundle
    report = unvalidated(packed, "nothing is installed")
    Checking.objects.create(
        content_digest=packed.content_digest, revision=head, state=Checking.State.DONE, report=report.document(),
        started_at=timezone.now(), seen_at=timezone.now(),
    )  # fmt: skip

    text = client.get(reverse("bundle", args=[plan.slug])).content.decode()

    assert f"{len(packed.files)} not validated</span>" in text
    assert ">accepted<" not in text


def test_a_bundle_is_made_once_for_all_who_look_at_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_start", lambda found, *how: None)
    data = {**DATA, "notes": "packed by nobody yet"}
    plan = revisions.start(document.from_data(data, catalogue=catalogue()), name="Newspaper", message="first").plan
    made: list[Design] = []

    def counted(design: Design, before: Design | None = None) -> Packed:
        made.append(design)
        return pack(design, before=before)

    monkeypatch.setattr("planner.packed.pack", counted)
    page, archive = reverse("bundle", args=[plan.slug]), reverse("bundle_zip", args=[plan.slug, 1])

    answers = [client.get(address).status_code for address in (page, page, archive)]

    assert answers == [200, 200, 200]
    assert len(made) == 1
