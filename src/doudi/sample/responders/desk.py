"""Where questions are taken in: each at its source, in its time; what was taken is remembered when the program is killed."""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from doudi.sample.responders.book import Book, Right
from doudi.sample.responders.manner import Manner, draw, manners

CALLED_AGAIN = timedelta(minutes=10)  # an answer nobody took is told again after so long


@dataclass
class Waiting:
    """A question that was taken and is answered later."""

    source: str
    question: dict[str, Any]
    ready_at: datetime
    told_at: datetime | None = None
    done: bool = False


class Down(Exception):
    """A source that is out of order, and for how many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass
class Desk:
    """All the sources, each behind its own window.

    folder: where what was taken is kept
    now: the demo's clock
    haste: how many times faster everybody works than responders.toml says
    """

    book: Book
    folder: Path
    now: Callable[[], datetime]
    haste: float = 1.0
    _waiting: dict[str, Waiting] = field(default_factory=dict)
    _today: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for line in self._lines():
            if line.get("done"):
                self._waiting.pop(line["question"], None)
            elif "told" in line:
                ready = datetime.fromisoformat(line["ready_at"])
                self._waiting[line["told"]["question"]] = Waiting(line["source"], line["told"], ready)
            self._today[line.get("source", ""), line.get("day", "")] += "told" in line

    def ask(self, source: str, questions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Take questions in: answered at once, accepted for later, or not taken today. The same question again: the same answer.

        :raises Down: the source is out of order
        """
        manner = self._working(source)
        with self._lock:
            return [self._one(manner, question) for question in questions]

    def look(self, source: str, refs: Sequence[str]) -> list[dict[str, Any]]:
        """What became of questions taken before.

        :raises Down: the source is out of order
        """
        self._working(source)
        now = self.now()
        with self._lock:
            told = []
            for ref in refs:
                waiting = self._waiting.get(ref)
                if waiting is None or waiting.source != source:
                    told.append({"question": ref, "state": "try_again", "why": "这里没有这一问，请重新发"})
                elif waiting.ready_at > now:
                    told.append({"question": ref, "state": "accepted", "their_ref": f"{source}-{ref[1:9]}"})
                else:
                    told.append(self._answer(manners()[source], waiting.question))
            return told

    def ready(self, most: int = 100) -> dict[str, list[dict[str, Any]]]:
        """Answers whose time has come and that nobody took yet, by source; each is told again only after a while."""
        now, found = self.now(), {}
        with self._lock:
            for waiting in self._waiting.values():
                told = waiting.told_at is not None and now < waiting.told_at + CALLED_AGAIN
                if waiting.done or told or waiting.ready_at > now or len(found.get(waiting.source, [])) >= most:
                    continue
                if manners()[waiting.source].down_until(now) is None:
                    waiting.told_at = now
                    answer = self._answer(manners()[waiting.source], waiting.question)
                    found.setdefault(waiting.source, []).append(answer)
        return found

    def taken(self, refs: Sequence[str]) -> None:
        """These answers were taken, or are not wanted any more."""
        with self._lock:
            for ref in refs:
                if ref in self._waiting:
                    self._waiting[ref].done = True
                    self._note({"question": ref, "done": True})

    def _working(self, source: str) -> Manner:
        manner, now = manners()[source], self.now()
        until = manner.down_until(now)
        if until is not None:
            raise Down(int((until - now).total_seconds()) + 1)
        return manner

    def _one(self, manner: Manner, question: dict[str, Any]) -> dict[str, Any]:
        ref, now = question["question"], self.now()
        waiting = self._waiting.get(ref)
        if waiting is None:
            day = now.date().isoformat()
            if manner.quota and self._today[manner.code, day] >= manner.quota:
                midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
                wait = int((midnight - now).total_seconds()) + 1
                return {"question": ref, "state": "try_again", "after_seconds": wait, "why": "今天的次数用完了"}
            who = question["person"].get("citizen_no") or question["person"].get("name")
            least_to_most = draw(self.book.plan.seed, "latency", manner.code, who, question.get("round"))
            ready = now + (manner.ready_at(now, least_to_most) - now) / self.haste
            waiting = self._waiting[ref] = Waiting(manner.code, question, ready)
            self._today[manner.code, day] += 1
            self._note({"source": manner.code, "told": question, "ready_at": ready.isoformat(), "day": day})
        if waiting.ready_at > now:
            return {"question": ref, "state": "accepted", "their_ref": f"{manner.code}-{ref[1:9]}"}
        if not waiting.done:
            waiting.done = True  # answered on the spot: nothing to call back about
            self._note({"question": ref, "done": True})
        return self._answer(manner, waiting.question)

    def _answer(self, manner: Manner, question: dict[str, Any]) -> dict[str, Any]:
        asked = datetime.fromisoformat(question["asked_at"])
        right = self.book.right(manner.code, question)
        if right.said == "nothing" and asked.day in manner.stale_days:
            return {
                "question": question["question"],
                "state": "answered",
                "said": "stale",
                "why": "月初账还没有结，数据是上个月的",
            }
        return written(question["question"], right, asked)

    # ---- what is kept --------------------------------------------------------------------------------------------------

    def _lines(self) -> list[dict[str, Any]]:
        path = self.folder / "taken.jsonl"
        if not path.exists():
            return []
        whole = path.read_text(encoding="utf-8")
        return [json.loads(line) for line in whole[: whole.rfind("\n") + 1].splitlines()]

    def _note(self, line: dict[str, Any]) -> None:
        with (self.folder / "taken.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())


def written(ref: str, right: Right, asked: datetime) -> dict[str, Any]:
    """A right answer as it stands on the wire."""
    told: dict[str, Any] = {"question": ref, "state": "answered", "said": right.said}
    if right.said in ("found", "nothing"):
        told["as_of"] = (asked.date() - timedelta(days=1)).isoformat()
    if right.why:
        told["why"] = right.why
    if right.rows:
        more = {"at_least": True} if right.at_least else {}
        told["rows"] = [{"row": name, "values": values, **more} for name, values in right.rows]
    return told
