"""What lies in a bundle: the manifest, the sums and the papers."""

from __future__ import annotations

import hashlib
import json

from tests.topology.bundles.cast import Greeter, Shelf, cluster_with, greeting, small_bundle
from topology import document
from topology.bundles import Papers, bundle_of, manifest, members


def _texts(bundle_members: tuple[object, ...]) -> dict[str, str]:
    return {member.path: member.content.decode() for member in bundle_members}  # type: ignore[attr-defined]


def test_the_layout_is_the_one_that_is_promised() -> None:
    papers = Papers(runbook="# Steps\n", diagram="<svg/>", forecast={"engine": "1"})

    found = [member.path for member in members(bundle_of(cluster_with(), papers=papers))]

    assert found == [
        "README.md",
        "RUNBOOK.md",
        "SHA256SUMS",
        "cluster/diagram.svg",
        "cluster/edges.csv",
        "cluster/forecast.json",
        "cluster/hosts",
        "cluster/plan.json",
        "cluster/plan.yaml",
        "hosts/back1/packages.txt",
        "hosts/back1/rootfs/etc/shelf.conf",
        "hosts/back1/units.json",
        "hosts/front1/PREPARE.md",
        "hosts/front1/packages.txt",
        "hosts/front1/rootfs/etc/greeter.conf",
        "hosts/front1/units.json",
        "hosts/front2/PREPARE.md",
        "hosts/front2/packages.txt",
        "hosts/front2/rootfs/etc/greeter.conf",
        "hosts/front2/units.json",
        "manifest.json",
        "reports/validation.json",
    ]


def test_the_manifest_says_of_each_file_what_it_is_and_why() -> None:
    row = manifest(small_bundle())["files"][1]

    assert row == {
        "host": "front1",
        "path": "etc/greeter.conf",
        "owner": "root:root",
        "mode": "0644",
        "sha256": hashlib.sha256(b"name=front1\n").hexdigest(),
        "component": "greeter",
        "roles": ["greeter"],
        "action": "reload",
        "unit": "greeter.service",
        "validator": "sh -n FILE",
        "why": [{"setting": "words", "value": 3, "formula": "one a friend", "facts": {"friends": 3}}],
    }


def test_the_content_digest_is_that_of_the_sorted_lines() -> None:
    bundle = small_bundle()
    lines = sorted(f"{file.sha256}  hosts/{file.host}/rootfs/{file.path}\n" for file in bundle.files)

    assert bundle.content_digest == hashlib.sha256("".join(lines).encode()).hexdigest()
    assert manifest(bundle)["content_digest"] == bundle.content_digest


def test_the_content_digest_rests_on_the_files_alone() -> None:
    plain = small_bundle()
    with_papers = bundle_of(cluster_with(), papers=Papers(runbook="x", approved_by=("alice",)))
    changed = small_bundle(Greeter(greeting(text="words=4\n")), Shelf())

    assert with_papers.content_digest == plain.content_digest
    assert changed.content_digest != plain.content_digest
    assert plain.name == f"newspaper-{plain.content_digest[:12]}"


def test_the_plan_digest_is_the_sum_of_the_plan_in_json() -> None:
    bundle = small_bundle()
    plan = _texts(members(bundle))["cluster/plan.json"]

    assert hashlib.sha256(plan.encode()).hexdigest() == manifest(bundle)["plan_digest"]
    assert manifest(bundle)["plan_digest"] == document.digest(bundle.cluster.design)


def test_the_sums_cover_every_other_member() -> None:
    made = members(small_bundle())
    sums = _texts(made)["SHA256SUMS"]

    expected = [
        f"{hashlib.sha256(member.content).hexdigest()}  {member.path}" for member in made if member.path != "SHA256SUMS"
    ]
    assert sums.splitlines() == expected


def test_the_edges_are_a_table_that_any_program_reads() -> None:
    lines = _texts(members(small_bundle()))["cluster/edges.csv"].splitlines()

    assert lines[0] == "client,client_role,server,server_role,service,protocol,port,socket,connections,why"
    assert lines[1] == 'front1,greeter,back1,shelf,sql,tcp,5432,,3,"asks, and says"'


def test_a_host_has_its_packages_and_what_its_units_ask_for() -> None:
    texts = _texts(members(small_bundle(Greeter(greeting(), greeting(path="/etc/b", action="restart")), Shelf())))

    assert texts["hosts/front1/packages.txt"] == "dash\nzsh\n"
    assert texts["hosts/back1/packages.txt"] == ""
    assert json.loads(texts["hosts/front1/units.json"])["units"] == [
        {
            "unit": "greeter.service",
            "action": "restart",
            "files": [{"path": "etc/b", "action": "restart"}, {"path": "etc/greeter.conf", "action": "reload"}],
        }
    ]


def test_what_is_done_by_hand_stands_with_the_host() -> None:
    text = _texts(members(small_bundle()))["hosts/front2/PREPARE.md"]

    assert "# Before the roles of front2 first run" in text
    assert "```sh\nadduser greeter\n```" in text
    assert "`/etc/greeter/secret`" in text


def test_a_bundle_that_no_team_has_seen_is_a_draft_without_review() -> None:
    draft = small_bundle()

    assert "**DRAFT: no review.**" in _texts(members(draft))["README.md"]
    assert draft.file_name == f"{draft.name}-DRAFT"
    assert manifest(draft) | {"standing": "DRAFT", "revision": None, "audit_head": None} == manifest(draft)


def test_a_revision_that_waits_for_more_approvals_is_a_draft() -> None:
    draft = small_bundle().with_papers(plan="paper-p1", revision=2, approved_by=("alice",), audit_head="ab" * 32)

    text = _texts(members(draft))["README.md"]

    assert "**DRAFT: nobody has accepted these files**, revision 2 of paper-p1." in text
    assert "Some of them were approved by alice, which is not enough." in text


def test_an_accepted_bundle_names_its_revision_its_approvers_and_the_audit() -> None:
    accepted = small_bundle().with_papers(
        standing="accepted", plan="paper", revision=4, approved_by=("alice", "bob"), audit_head="ab" * 32
    )

    text = _texts(members(accepted))["README.md"]

    assert "Accepted as revision 4 of paper. Approved by alice, bob." in text
    assert f"manage.py verify_history --head {'ab' * 32}" in text
    assert "DRAFT" not in text
    assert accepted.file_name == accepted.name
    assert manifest(accepted)["revision"] == 4
    assert manifest(accepted)["audit_head"] == "ab" * 32


def test_a_bundle_that_was_accepted_against_the_rules_says_that_nobody_approved_it() -> None:
    accepted = small_bundle().with_papers(standing="accepted", plan="paper", revision=4)

    assert "**Nobody approved it: the rules were set aside by an owner.**" in _texts(members(accepted))["README.md"]


def test_a_bundle_for_which_the_glass_was_broken_says_so_though_some_had_approved() -> None:
    accepted = small_bundle().with_papers(
        standing="accepted", plan="paper", revision=4, approved_by=("bob",), broke_glass="The site is down.\nNow."
    )

    text = _texts(members(accepted))["README.md"]

    assert "**Some of it was approved by bob: the rules were set aside by an owner.**" in text
    assert "The reason that was given: The site is down. Now." in text
    assert "Approved by bob." not in text
    assert manifest(accepted)["broke_glass"] == "The site is down.\nNow."


def test_a_bundle_that_nobody_checked_says_so_of_every_file() -> None:
    texts = _texts(members(small_bundle()))
    report = json.loads(texts["reports/validation.json"])

    assert report["counts"] == {"accepted": 0, "refused": 0, "unvalidated": 3}
    assert {file["output"] for file in report["files"]} == {"no program was asked"}
    assert "Of 3 files: 0 accepted, 0 refused, 3 unvalidated." in texts["README.md"]
