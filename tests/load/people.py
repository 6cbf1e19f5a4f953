"""Virtual people: each looks, previews and writes as somebody who reviews would, and thinks between two clicks."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.load.browser import Answer, Browser

SHARES = {"read": 80, "preview": 15, "write": 5}
"""Of a hundred clicks."""
READS = {
    "plan list": 10, "queue": 15, "overview": 20, "changes": 10, "discussion": 15, "history": 5, "plan": 10,
    "notices": 10,
}  # fmt: skip
WRITES = {"comment": 8, "reply": 5, "save": 4, "approve": 3}
OPEN = ("draft", "in_review", "changes_requested", "approved")
THINK = (2.0, 8.0)
"""Seconds between an answer and the next click, evenly spread."""
_REPLY = re.compile(r"/proposals/\d+/threads/\d+/reply/")


@dataclass(frozen=True, kw_only=True)
class Click:
    """One question and its answer."""

    kind: str
    what: str
    at: float
    """Seconds since the beginning."""
    seconds: float
    status: int


@dataclass(kw_only=True)
class Record:
    """Everything that happened, of all people together."""

    name: str
    clicks: list[Click] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    """What the site said it has written."""
    started: float = field(default_factory=time.monotonic)
    _numbers: Iterator[int] = field(default_factory=count)

    def mark(self) -> str:
        """A text that is nowhere else."""
        return f"Mark {self.name}.{next(self._numbers)}"


class VirtualPerson:
    """One of the people at their desk."""

    def __init__(
        self, desk: dict[str, Any], port: int, record: Record, seed: int, shares: Mapping[str, int] = SHARES
    ) -> None:  # fmt: skip
        self.desk, self.record, self.shares = desk, record, shares
        self.dice = random.Random(seed)
        self.browser = Browser(port=port, cookies={"tierwright_session": desk["cookie"]})
        self.forms: dict[str, tuple[str, str]] = {}
        """Draft -> what its editor carries: the design and the digest that it began from."""
        self.last = Answer(status=0, text="", seconds=0.0, headers={})

    def work(self, until: float, think: tuple[float, float], over: threading.Event) -> None:
        """Click until then, or until it is over."""
        time.sleep(self.dice.uniform(0, think[1]))
        while time.monotonic() < until and not over.is_set():
            self.click()
            time.sleep(self.dice.uniform(*think))
        self.browser.close()

    def look(self, what: str) -> None:
        """One click of a kind that is known beforehand."""
        if what == "live preview":
            self._preview()
        else:
            self._get("read", what, self._address(what))

    def click(self) -> None:
        """One click of some kind."""
        kind = self.dice.choices(list(self.shares), list(self.shares.values()))[0]
        if kind == "read":
            self._read()
        elif kind == "preview":
            self._preview()
        else:
            self._write()

    def _read(self) -> None:
        what = self.dice.choices(list(READS), list(READS.values()))[0]
        self._get("read", what, self._address(what))

    def _address(self, what: str) -> str:
        pk = self._proposal()["pk"]
        addresses = {
            "plan list": "/", "queue": "/queue/", "notices": "/notices/", "overview": f"/proposals/{pk}/",
            "changes": f"/proposals/{pk}/changes/", "discussion": f"/proposals/{pk}/discussion/",
            "history": f"/proposals/{pk}/history/", "plan": f"/plans/{self.dice.choice(self.desk['plans'])}/",
        }  # fmt: skip
        return addresses[what]

    def _preview(self) -> None:
        draft = self._draft()
        if draft is None:
            self._read()
            return
        if draft not in self.forms:
            self._open(draft)
        text, parent = self.forms.get(draft, ("", ""))
        if text:
            fields = {"draft": text, "parent": parent, "tier.1.count": self.dice.randint(1, 8), "act": "preview"}
            self._post("preview", "live preview", f"/plans/{draft}/editor/", fields, target="live")

    def open_own(self) -> None:
        """Open the editor on a draft of one's own, so that the next save is one request."""
        draft = self._draft()
        if draft:
            self._open(draft)

    def _open(self, draft: str) -> None:
        answer = self._get("read", "editor", f"/plans/{draft}/editor/")
        if answer.status == 200:
            self.forms[draft] = (answer.value_of("draft"), answer.value_of("parent"))

    def _write(self) -> None:
        able = {"viewer": 0, "commenter": 2, "editor": 3}.get(self.desk["role"], 4)
        ways = list(WRITES)[:able]
        if not ways:
            self._read()
            return
        what = self.dice.choices(ways, [WRITES[way] for way in ways])[0]
        ways_to: dict[str, Callable[[], None]] = {
            "comment": self.comment, "reply": self._reply, "save": self.save, "approve": self._approve,
        }  # fmt: skip
        ways_to[what]()

    def comment(self, more: str = "") -> None:
        """Say something of an open proposal."""
        pk, text = self._proposal(*OPEN)["pk"], f"{self.record.mark()} {more}".strip()
        answer = self._post("write", "comment", f"/proposals/{pk}/discussion/", {"anchor": "tier:web", "text": text})
        self._keep(answer, f"comment {text}")

    def _reply(self) -> None:
        pk = self._proposal(*OPEN)["pk"]
        found = _REPLY.findall(self._get("read", "discussion", f"/proposals/{pk}/discussion/").text)
        if found:
            text = self.record.mark()
            answer = self._post("write", "reply", self.dice.choice(found), {"text": text})
            self._keep(answer, f"comment {text}")

    def save(self) -> None:
        """Save the draft of one's own proposal with another number of servers."""
        draft = self._draft()
        if draft is None:
            self.comment()
            return
        if draft not in self.forms:
            self._open(draft)
        text, parent = self.forms.pop(draft, ("", ""))
        if not text:
            return
        design, message = json.loads(text), self.record.mark()
        servers = design["tiers"][1]["servers"]["count"]
        fields = {"draft": text, "parent": parent, "tier.1.count": servers % 8 + 1, "act": "save", "message": message}
        self._keep(self._post("write", "save", f"/plans/{draft}/editor/", fields), f"save {message}")

    def _approve(self) -> None:
        found = [row for row in self.desk["proposals"] if row["state"] == "in_review" and not row["own"]]
        pk = self.dice.choice(found or [self._proposal()])["pk"]
        page = self._get("read", "overview", f"/proposals/{pk}/")
        areas = page.values_of("area")
        if not areas:
            self.comment()
            return
        fields = {"area": areas, "digest": page.value_of("digest")}
        answer = self._post("write", "approve", f"/proposals/{pk}/approve/", fields)
        self._keep(answer, f"approve {pk} {self.desk['handle']}")

    def _proposal(self, *states: str) -> dict[str, Any]:
        rows = [row for row in self.desk["proposals"] if not states or row["state"] in states]
        found: dict[str, Any] = self.dice.choice(rows)
        return found

    def _draft(self) -> str | None:
        """A draft that the person may edit: their own, and of an editor any that is open."""
        rows = [row for row in self.desk["proposals"] if row["state"] in OPEN and row["own"]]
        return str(self.dice.choice(rows)["draft"]) if rows else None

    def _keep(self, answer: Answer, mark: str) -> None:
        if answer.status == 302:
            self.record.marks.append(mark)

    def _get(self, kind: str, what: str, address: str) -> Answer:
        return self._note(kind, what, self.browser.get(address))

    def _post(self, kind: str, what: str, address: str, fields: dict[str, Any], *, target: str = "") -> Answer:
        return self._note(kind, what, self.browser.post(address, fields, target=target))

    def _note(self, kind: str, what: str, answer: Answer) -> Answer:
        self.last = answer
        at = time.monotonic() - self.record.started
        self.record.clicks.append(
            Click(kind=kind, what=what, at=at, seconds=answer.seconds, status=answer.status)
        )  # fmt: skip
        return answer


def work(
    desks: Sequence[dict[str, Any]], port: int, *, seconds: float, think: tuple[float, float], seed: int = 4,
    meanwhile: Callable[[float], None] = lambda since: None, shares: Mapping[str, int] = SHARES,
    record: Record | None = None, over: threading.Event | None = None,
) -> Record:  # fmt: skip
    """Let everybody work for so long, or until it is `over`; `meanwhile` is called every second."""
    record, over = record or Record(name=str(seed)), over or threading.Event()
    until = time.monotonic() + seconds
    people = [VirtualPerson(desk, port, record, seed * 1000 + number, shares) for number, desk in enumerate(desks)]
    threads = [threading.Thread(target=person.work, args=(until, think, over), daemon=True) for person in people]
    for thread in threads:
        thread.start()
    while time.monotonic() < until and not over.is_set():
        meanwhile(time.monotonic() - record.started)
        time.sleep(1)
    for thread in threads:
        thread.join(timeout=150)
    return record
