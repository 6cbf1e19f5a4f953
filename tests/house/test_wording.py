"""What a typed field takes is said in words, from its type and its bounds."""

from __future__ import annotations

import pytest

from tests.house.wording import documents, takes
from topology.design import Design, Promise, Server, ServerCount, Site, Tier, WorkloadFile
from topology.hardware import ServerType
from topology.value import Value
from topology.workload import Workload


@pytest.mark.parametrize(
    ("model", "field", "words"),
    [
        (Design, "name", "slug"),
        (Design, "tierwright", "`1`"),
        (Design, "workload", "Workload or WorkloadFile"),
        (Design, "tiers", "list of Tier, 1 to 100"),
        (Design, "currency", "text like `^[A-Z]{3}$`"),
        (ServerCount, "count", "whole number from 1 to 5,000"),
        (Promise, "availability", "number above 0 below 1"),
        (ServerType, "disk_gib", "number above 0 to 10,000,000"),
        (Server, "address", "address"),
        (Server, "settings", "mapping of word to mapping of word to true or false or number or text or list of text"),
        (Site, "domains", "list of domain, 1 to 100"),
        (Tier, "servers", "ServerCount or list of Server, 1 to 5,000"),
        (Workload, "peak_requests_per_second", "number or Estimate"),
        (WorkloadFile, "file", "text, 1 to 400 characters"),
    ],
)
def test_a_field_in_words(model: type[Value], field: str, words: str) -> None:
    assert takes(model.model_fields[field]) == words


def test_the_documents_in_a_field_are_found() -> None:
    assert documents(Tier.model_fields["servers"]) == [ServerCount, Server]
