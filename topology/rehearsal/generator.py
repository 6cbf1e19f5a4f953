"""Sends requests at a fixed mean rate, whatever becomes of the earlier ones, and counts exactly how each ended.

Runs as a program of its own in the client's network, so it knows nothing of the rest: the job is JSON on its input,
the count JSON on its output, and it stops when its input ends or its time is over.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

BODY_LIMIT = 1 << 20


@dataclass(kw_only=True)
class Count:
    """What became of the requests."""

    outcomes: Counter[str] = field(default_factory=Counter)
    """ok, or why not: the status, timeout, or the name of the error."""
    servers: Counter[str] = field(default_factory=Counter)
    """Good answers by the server that says it gave them."""
    milliseconds: list[float] = field(default_factory=list)
    """Of the good answers, from the moment at which the request was due."""
    late: float = 0.0
    """The most milliseconds by which a request was sent after it was due."""
    first_failures: list[str] = field(default_factory=list)


async def send_all(job: Mapping[str, Any], stop: threading.Event) -> Count:
    """Requests until the time is over or `stop` is set, and not fewer than the least; each is waited for."""
    count, chance = Count(), random.Random(job["seed"])
    running: set[asyncio.Task[None]] = set()
    began = due = time.monotonic()
    number = 0
    while number < job.get("least", 0) or (due - began < job["seconds"] and not stop.is_set()):
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        count.late = max(count.late, (time.monotonic() - due) * 1000)
        task = asyncio.create_task(_send(job, number, due, count, due - began))
        running.add(task)
        task.add_done_callback(running.discard)
        number += 1
        due += chance.expovariate(job["rate"])
    await asyncio.gather(*running)
    return count


async def _send(job: Mapping[str, Any], number: int, due: float, count: Count, at: float) -> None:
    path = job["paths"][number % len(job["paths"])]
    address = job["addresses"][number % len(job["addresses"])]
    try:
        outcome, server = await asyncio.wait_for(_ask(address, job["host"], path), job["timeout"])
    except (OSError, EOFError, ValueError) as error:  # TimeoutError is an OSError
        outcome, server = ("timeout" if isinstance(error, TimeoutError) else type(error).__name__), ""
    count.outcomes[outcome] += 1
    if outcome == "ok":
        count.milliseconds.append((time.monotonic() - due) * 1000)
        count.servers[server] += 1
    elif len(count.first_failures) < 5:
        count.first_failures.append(f"{at:.2f} s: {path} at {address}: {outcome}")


async def _ask(address: str, host: str, path: str) -> tuple[str, str]:
    """One request over a connection of its own; an answer that ends early is none."""
    reader, writer = await asyncio.open_connection(address, 80, limit=BODY_LIMIT)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        head, _, body = (await reader.read(-1)).partition(b"\r\n\r\n")
    finally:
        writer.close()
    return judge(head.decode("latin-1"), body)


def judge(head: str, body: bytes) -> tuple[str, str]:
    """ok or why not, and the server that answered."""
    lines = head.split("\r\n")
    if len(lines[0].split()) < 2:
        return "no answer", ""
    status = lines[0].split()[1]
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    if status != "200":
        return status, ""
    if not _is_whole(fields, body):
        return "cut short", ""
    return "ok", fields.get("x-answered-by", "")


def _is_whole(fields: Mapping[str, str], body: bytes) -> bool:
    if "content-length" in fields:
        return len(body) == int(fields["content-length"])
    if fields.get("transfer-encoding", "").lower() == "chunked":
        return body.endswith(b"0\r\n\r\n")
    return bool(body)


def summary(count: Count) -> dict[str, Any]:
    """The count as JSON."""
    times = sorted(count.milliseconds)
    return {
        "requests": sum(count.outcomes.values()),
        "failed": sum(number for outcome, number in count.outcomes.items() if outcome != "ok"),
        "outcomes": dict(count.outcomes),
        "servers": dict(count.servers),
        "p50_ms": _quantile(times, 0.5),
        "p95_ms": _quantile(times, 0.95),
        "max_ms": _quantile(times, 1.0),
        "late_ms": round(count.late, 1),
        "first_failures": count.first_failures,
    }


def _quantile(times: Sequence[float], share: float) -> float | None:
    return round(times[min(len(times) - 1, int(share * len(times)))], 1) if times else None


def main() -> None:
    """Read the job, send, and say what became of it."""
    job = json.loads(sys.stdin.readline())
    stop = threading.Event()
    threading.Thread(target=_watch, args=(stop,), daemon=True).start()
    print(json.dumps(summary(asyncio.run(send_all(job, stop)))))


def _watch(stop: threading.Event) -> None:
    sys.stdin.read()
    stop.set()


if __name__ == "__main__":
    main()
