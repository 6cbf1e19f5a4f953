"""Server types from a price list in the form of Apache Libcloud."""

from __future__ import annotations

from typing import Any

import pytest

from topology.errors import TierwrightError
from topology.hardware import ServerType, types_from_price_list

PRICES = {
    "compute": {
        "ec2_linux": {
            "c6a.large": {"us-east-1": 0.0765, "eu-west-1": 0.08208},
            "c7a.medium": {"us-east-1": 0.0},
            "unheard.of": {"us-east-1": 1.0},
        },
        "rackspace": {"performance1-1": "0.04"},
    }
}
SIZES: dict[str, dict[str, Any]] = {
    "c6a.large": {"ram": 4096, "extra": {"vcpu": "2"}},
    "c7a.medium": {"ram": 2048, "extra": {"vcpu": "1"}},
    "performance1-1": {"ram": 1024, "cores": 1},
}


def test_prices_by_region_meet_the_sizes() -> None:
    found = types_from_price_list(PRICES, SIZES, provider="ec2_linux", region="us-east-1", speeds={"c7a.medium": 1.1})

    assert found == {
        "c6a.large": ServerType(cores=2, ram_mib=4096, price_month=55.84, speed=1),
        "c7a.medium": ServerType(cores=1, ram_mib=2048, speed=1.1),
    }


def test_a_price_of_nothing_is_no_price() -> None:
    found = types_from_price_list(PRICES, SIZES, provider="ec2_linux", region="us-east-1")

    assert found["c7a.medium"].price_month is None


def test_a_provider_with_one_price_needs_no_region() -> None:
    found = types_from_price_list(PRICES, SIZES, provider="rackspace")

    assert found == {"performance1-1": ServerType(cores=1, ram_mib=1024, price_month=29.2, speed=1)}


@pytest.mark.parametrize(
    ("prices", "provider", "region", "says"),
    [
        ([], "ec2_linux", None, "compute: this is no price list of Libcloud"),
        (PRICES, "ec2_mars", None, "compute: the price list has no provider ec2_mars; it has ec2_linux, rackspace"),
        (PRICES, "ec2_linux", None, "compute.ec2_linux.c6a.large: this provider has a price for each region"),
        ({"compute": {"x": {"c6a.large": "much"}}}, "x", None, "compute.x.c6a.large: the price should be a number"),
        ({"compute": {"x": {"c6a.large": -1}}}, "x", None, "compute.x.c6a.large: the price should be a number"),
        ({"compute": {"x": {"c6a.large": float("nan")}}}, "x", None, "compute.x.c6a.large: the price should be"),
        ({"compute": {"x": {"other": 1}}}, "x", None, "compute.x: no size of x has both a price and a description"),
    ],
)
def test_what_is_wrong_is_said_with_its_path(prices: Any, provider: str, region: str | None, says: str) -> None:
    with pytest.raises(TierwrightError) as caught:
        types_from_price_list(prices, SIZES, provider=provider, region=region)

    assert str(caught.value).startswith(says)


def test_a_size_without_cores_is_refused() -> None:
    with pytest.raises(TierwrightError, match=r"c6a\.large\.vcpu: the size says nothing of use"):
        types_from_price_list(PRICES, {"c6a.large": {"ram": 4096}}, provider="ec2_linux", region="us-east-1")
