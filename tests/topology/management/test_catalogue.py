"""`manage.py catalogue` and `manage.py schema`: what a plan may use, for people and for machines."""

from __future__ import annotations

import json
from io import StringIO

from django.core.management import call_command

from topology.components import catalogue
from topology.hardware import OFFERS


def answer(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_every_component_is_in_the_catalogue_for_machines() -> None:
    entries = json.loads(answer("catalogue", "--json"))

    assert [entry["name"] for entry in entries] == sorted(catalogue().by_name)
    nginx = next(entry for entry in entries if entry["name"] == "nginx")
    assert nginx["roles"] == ["nginx", "nginx_media"]
    assert nginx["era"] == ["today"]
    assert nginx["packages"]["debian12"] == "1.22.1"
    assert nginx["evidence"] == "booted"
    assert nginx["answer"] == "GET /static/tierwright.txt: 200 served"


def test_a_person_reads_what_a_component_is_and_what_may_be_set() -> None:
    text = answer("catalogue")

    assert "gunicorn (gunicorn)\n    The application server" in text
    assert "threads (integer from 1 to 64): Threads of each worker" in text
    assert "was started and answered: GET /-/health: 200 ok" in text
    assert "port (integer from 1024 to 65535): TCP port; 11211 by default." in text


def test_every_server_type_is_listed_with_its_sources() -> None:
    entries = {entry["name"]: entry for entry in json.loads(answer("catalogue", "--types", "--json"))}

    assert set(entries) == {item.name for item in OFFERS}
    assert entries["aws-c7a.large"]["price_month"] == 74.93
    assert entries["aws-c7a.large"]["currency"] == "USD"
    assert entries["aws-c7a.large"]["speed"]["low"] == 0.99
    assert entries["y2010-dual-quad-xeon"]["price_month"] is None
    assert entries["y2010-dual-quad-xeon"]["price_source"] is None


def test_a_person_reads_a_server_type_on_a_line() -> None:
    lines = answer("catalogue", "--types").splitlines()

    assert (
        "hetzner-cx33: 4 cores, 8,192 MiB, speed 0.89 (0.8 to 1.2), 6.49 EUR a month, AMD EPYC-Rome Processor" in lines
    )
    assert any(line.startswith("y2010-dual-quad-xeon: 8 cores") and "no price" in line for line in lines)


def test_the_schema_names_every_role_and_its_settings() -> None:
    schema = json.loads(answer("schema"))

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    names, *objects = schema["$defs"]["Role"]["anyOf"]
    assert names["enum"] == sorted(catalogue().by_role)
    assert {name for item in objects for name in item["properties"]} == set(catalogue().by_role)
    assert schema["$defs"]["settings-gunicorn"]["properties"]["workers"]["description"].startswith("Worker processes")
