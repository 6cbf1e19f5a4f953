"""Server types from an Apache Libcloud price list and the sizes that go with it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from topology.errors import Place, TierwrightError
from topology.hardware.server_type import HOURS_A_MONTH, ServerType, check_type_name


def types_from_price_list(
    prices: Any,
    sizes: Mapping[str, Mapping[str, Any]],
    *,
    provider: str,
    region: str | None = None,
    speeds: Mapping[str, float] | None = None,
) -> Mapping[str, ServerType]:
    """The types that stand in both: prices an hour by provider, size and, for some, region; and what a size has.

    `prices` is the parsed `pricing.json` of Libcloud, `sizes` its table of sizes: `ram` in MiB and the number of vCPU
    as `extra.vcpu` or `cores`. A price of 0, which the list writes where it knows none, is left out. Speeds are 1
    where none are given. Raises TierwrightError with the path of what is wrong.
    """
    found: dict[str, ServerType] = {}
    for name, price in _listed(prices, provider).items():
        if name in sizes:
            path = f"compute.{provider}.{name}"
            hourly = _hourly(price, region, path)
            found[name] = _type(name, hourly, sizes[name], (speeds or {}).get(name, 1))
    if not found:
        raise TierwrightError(
            f"no size of {provider} has both a price and a description", place=Place(path=f"compute.{provider}")
        )
    return found


def _listed(prices: Any, provider: str) -> Mapping[str, Any]:
    compute = prices.get("compute") if isinstance(prices, dict) else None
    if not isinstance(compute, dict):
        raise TierwrightError("this is no price list of Libcloud: it has no key compute", place=Place(path="compute"))
    listed = compute.get(provider)
    if not isinstance(listed, dict):
        known = ", ".join(sorted(map(str, compute))[:12])
        raise TierwrightError(f"the price list has no provider {provider}; it has {known}", place=Place(path="compute"))
    return listed


def _hourly(price: Any, region: str | None, path: str) -> float | None:
    if isinstance(price, dict):
        if region is None:
            raise TierwrightError("this provider has a price for each region; name one", place=Place(path=path))
        price = price.get(region)
    if price is None:
        return None
    try:
        hourly = float(price)
    except (TypeError, ValueError):
        hourly = math.nan
    if not 0 <= hourly < math.inf:
        raise TierwrightError("the price should be a number of 0 or more", place=Place(path=path))
    return hourly or None


def _type(name: str, hourly: float | None, size: Mapping[str, Any], speed: float) -> ServerType:
    extra = size.get("extra")
    cores = size.get("cores", extra.get("vcpu") if isinstance(extra, Mapping) else None)
    data: dict[str, Any] = {"cores": _integer(cores), "ram_mib": _integer(size.get("ram")), "speed": speed}
    if hourly is not None:
        data["price_month"] = round(hourly * HOURS_A_MONTH, 2)
    try:
        check_type_name(name)
        return ServerType.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = {"ram_mib": "ram", "cores": "vcpu"}.get(str(first["loc"][0]), str(first["loc"][0]))
        raise TierwrightError(
            f"the size says nothing of use: {first['msg']}", place=Place(path=f"{name}.{key}")
        ) from None
    except ValueError as error:
        raise TierwrightError(str(error), place=Place(path=name)) from None


def _integer(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() else value
