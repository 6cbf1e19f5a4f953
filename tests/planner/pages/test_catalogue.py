"""The catalogue shows every component with its own words, roles and settings."""

from __future__ import annotations

import html

import pytest
from django.test import Client
from django.urls import reverse

from planner.templatetags.figures import ticked
from topology.components import catalogue, settings_of
from topology.hardware import OFFERS

pytestmark = pytest.mark.django_db


def test_every_component_is_there_with_its_roles_settings_and_validator(client: Client) -> None:
    text = html.unescape(client.get(reverse("catalogue")).content.decode())

    for component in catalogue().components:
        assert f'id="{component.name}"' in text
        assert all(f"<code>{role}</code> {says}" in text for role, says in component.roles.items())
        for setting in settings_of(component):
            assert f"<code>{setting.name}</code></th><td>{setting.takes}</td><td>{setting.says}</td>" in text
        if component.validator:
            assert html.unescape(ticked(component.validator.says)) in text


def test_what_stands_everywhere_says_so(client: Client) -> None:
    assert "Stands on every server, unasked" in client.get(reverse("catalogue")).content.decode()


def test_every_server_type_is_there_with_its_price_and_its_source(client: Client) -> None:
    text = html.unescape(client.get(reverse("catalogue")).content.decode())

    assert all(f"<code>{item.name}</code>" in text for item in OFFERS)
    assert "74.93 USD</span>" in text
    assert 'title="Apache Libcloud 3.9.1, price file' in text
    assert '<td class="num">not known</td>' in text


def test_the_first_table_says_of_every_system_how_far_it_was_tried(client: Client) -> None:
    text = html.unescape(client.get(reverse("catalogue")).content.decode())

    for component in catalogue().components:
        assert f'<a href="#{component.name}">{component.title}</a>' in text
        assert component.answer in text
    assert "stand_in" not in text


def test_then_and_now_stand_side_by_side(client: Client) -> None:
    text = html.unescape(client.get(reverse("translation")).content.decode())

    for component in catalogue().components:
        for item in component.translations:
            assert f"<h3>{item.about}</h3>" in text
            assert f"<code>{item.then}</code>" in text
            assert f"<code>{item.now}</code>" in text
