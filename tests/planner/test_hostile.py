"""A reduction of the evidence of hostile strings in pages and drawings."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import builders
from tests.planner import hostile
from topology import revisions
from topology.models import Plan

COUNT = 120


@pytest.fixture
def plan(db: None) -> Plan:
    return revisions.start(builders.newspaper(), name="The newspaper", message="first").plan


def test_no_name_of_a_plan_changes_a_page(client: Client, plan: Plan) -> None:
    plain = hostile.structure(hostile.start_page(client, plan, hostile.HARMLESS))

    for text in hostile.strings(COUNT, seed=3):
        assert hostile.structure(hostile.start_page(client, plan, text)) == plain, text


def test_no_name_typed_into_the_editor_changes_its_answer(client: Client, plan: Plan) -> None:
    draft = hostile.draft()
    plain = hostile.structure(hostile.editor_page(client, plan, draft, "-refused"))

    for text in hostile.strings(COUNT, seed=4):
        assert hostile.structure(hostile.editor_page(client, plan, draft, f"-{text}")) == plain, text


def test_no_text_changes_a_drawing() -> None:
    texts = [text.replace("\x00", "") or "x" for text in hostile.strings(COUNT, seed=5)]

    assert hostile.broken_drawings(texts) == 0
