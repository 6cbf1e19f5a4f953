"""Normalising constants of closed networks, kept as logarithms: sums of positive terms only, so no digit is lost.

A network has the product form G = Π F_i(D_i·z), a product of power series in z = (z_1 .. z_K). F(x) is e^x for a delay,
1/(1-x) for one server (Buzen 1973; Reiser and Kobayashi 1975) and P(x) / (1 - x/c) for c servers, where P is a
polynomial of degree c-1 whose coefficients are positive: P_j = (1/j - 1/c)/(j-1)!. A grid holds the logarithms of the
coefficients for every population up to the whole: shape (N_1 + 1, .., N_K + 1).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from topology.capacity.networks.model import Array


def logarithm(values: Array) -> Array:
    """Logarithms, minus infinity for 0."""
    with np.errstate(divide="ignore"):
        return np.log(values)


def delays(think: Array, population: Sequence[int]) -> Array:
    """The grid of one delay with these times of each class: Π Z_k^n / n!."""
    grid = np.zeros([count + 1 for count in population])
    for axis, count in enumerate(population):
        numbers = np.arange(count + 1)
        terms = -np.cumsum(logarithm(np.maximum(numbers, 1).astype(float)))
        terms[1:] += numbers[1:] * logarithm(think)[axis]
        grid += terms.reshape([-1 if other == axis else 1 for other in range(grid.ndim)])
    return grid


def one_server(grid: Array, demands: Array) -> Array:
    """The grid times 1/(1-x), x = Σ D_k z_k: y(n) = grid(n) + Σ D_k y(n - e_k)."""
    steps = logarithm(demands)
    last = np.arange(grid.shape[-1]) * (steps[-1] if demands[-1] > 0 else 0.0)
    result = grid.copy()
    for index in np.ndindex(grid.shape[:-1]):
        row = result[index]
        for axis, place in enumerate(index):
            if place and demands[axis] > 0:
                before = (*index[:axis], place - 1, *index[axis + 1 :])
                row = np.logaddexp(row, steps[axis] + result[before])
        result[index] = np.logaddexp.accumulate(row - last) + last if demands[-1] > 0 else row
    return result


def many_servers(grid: Array, demands: Array, servers: int) -> Array:
    """The grid times F of `servers` servers."""
    return one_server(_times(grid, demands, _coefficients(servers)), demands / servers)


def derivative_apart(grid: Array, demands: Array, servers: int) -> Array:
    """The grid times P'(x) / (1 - x/c): the part of F' that is not F / (c - x)."""
    slopes = [math.log(power) + term for power, term in enumerate(_coefficients(servers)) if power]
    return one_server(_times(grid, demands, slopes), demands / servers)


def _coefficients(servers: int) -> list[float]:
    """Logarithms of the coefficients of P, from that of x^0."""
    return [0.0] + [math.log(1 / j - 1 / servers) - math.lgamma(j) for j in range(1, servers)]


def _times(grid: Array, demands: Array, coefficients: Sequence[float]) -> Array:
    """The grid times the polynomial with these logarithms of coefficients in x."""
    power, result = grid, np.full_like(grid, -np.inf)
    most = sum(size - 1 for size in grid.shape)
    for term in coefficients[: most + 1]:
        result = np.logaddexp(result, power + term)
        power = _shifted(power, demands)
    return result


def _shifted(grid: Array, demands: Array) -> Array:
    """The grid times x."""
    result = np.full_like(grid, -np.inf)
    for axis, demand in enumerate(demands):
        if demand > 0:
            into = [slice(None)] * grid.ndim
            out = [slice(None)] * grid.ndim
            into[axis], out[axis] = slice(1, None), slice(None, -1)
            result[tuple(into)] = np.logaddexp(result[tuple(into)], grid[tuple(out)] + math.log(demand))
    return result
