"""The monthly price, in one currency or not at all."""

from __future__ import annotations

from tests.topology.capacity.parts import plan, tier
from topology.capacity.cost import cost_of
from topology.hardware import BUILT_IN


def test_the_plans_own_types_are_in_its_currency() -> None:
    found = cost_of(plan(tier("web", [], count=3), tier("db", [], type="four"), currency="EUR"))

    assert (found.amount, found.currency) == (100, "EUR")
    assert found.says == "prices of the plan, without storage and traffic"


def test_built_in_types_are_in_dollars_whatever_the_plans_currency() -> None:
    found = cost_of(plan(tier("web", [], count=2, type="small"), currency="EUR"))

    assert (found.amount, found.currency) == (round(2 * (BUILT_IN["small"].price_month or 0), 2), "USD")
    assert "Amazon EC2" in found.says
    assert "the plan's currency is EUR" in found.says


def test_two_currencies_are_not_added() -> None:
    found = cost_of(plan(tier("web", [], type="small"), tier("db", [], type="two"), currency="EUR"))

    assert found.amount is None
    assert (
        "the server type small is in USD and the plan's own are in EUR; write the type with its price in EUR"
        in found.says
    )


def test_dollars_and_dollars_are() -> None:
    found = cost_of(plan(tier("web", [], type="small"), tier("db", [], type="two")))

    assert found.amount == round(20 + float(BUILT_IN["small"].price_month or 0), 2)


def test_a_price_that_is_not_known_leaves_no_amount() -> None:
    found = cost_of(plan(tier("web", [], type="free"), server_types={"free": {"cores": 1, "ram_mib": 512}}))

    assert found.amount is None
    assert found.says == "no price is known of the server type free; write its price_month"


def test_a_type_of_the_catalogue_is_in_the_currency_of_its_price() -> None:
    found = cost_of(plan(tier("web", [], count=2, type="hetzner-cx33")))

    assert (found.amount, found.currency) == (12.98, "EUR")
    assert found.says.startswith("prices of docs.vdhome.be")
    assert "the plan's currency is USD" in found.says


def test_prices_of_two_catalogues_in_one_currency_are_added_with_both_sources() -> None:
    found = cost_of(plan(tier("web", [], type="aws-c7a.large"), tier("db", [], type="large")))

    assert (found.amount, found.currency) == (round(74.93 + 223.38, 2), "USD")
    assert "Apache Libcloud 3.9.1" in found.says
    assert "; of Amazon EC2 c6a and m6a" in found.says


def test_euros_and_dollars_of_the_catalogue_are_not_added() -> None:
    found = cost_of(plan(tier("web", [], type="hetzner-cx33"), tier("db", [], type="large")))

    assert found.amount is None
    assert "the server type large is in USD and that of hetzner-cx33 is in EUR" in found.says


def test_a_type_whose_price_nobody_told_leaves_no_amount() -> None:
    found = cost_of(plan(tier("web", [], type="y2010-dual-quad-xeon")))

    assert found.amount is None
    assert found.says.startswith(
        "no price is known of the server type y2010-dual-quad-xeon; write the type with its price"
    )
