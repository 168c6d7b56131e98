"""The side that asks: who of its people is over the limit in the other side's list. Killed anywhere, it goes on from there."""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from doudi.engine.lake import rename, settle
from doudi.office.gateways import key_files
from doudi.verification.core import matching
from doudi.verification.core.matching import CannotMatch, Matched, Terms
from doudi.verification.gateways.matching import library
from doudi.verification.gateways.matching.wire import Line

Progress = Callable[[str, int, int], None]
ANEW = ("over", "unknown", "other_terms")  # this session goes no further: it ended, or a list changed; a new one may
TIMES = 20


def ask(
    line: Line,
    folder: Path,
    numbers: Sequence[str],
    terms: Terms,
    *,
    patience: float = 0,
    progress: Progress = lambda step, done, whole: None,
) -> Matched:
    """Ask. The terms name the session: the same session with the same numbers goes on with what was kept in the folder.

    A session that goes no further is begun anew under another name, a few times.

    numbers: citizen numbers that can be read
    patience: seconds to wait while the other side still hides its list

    :raises CannotMatch: the other side refuses, is down, or is not ready in that time
    :raises NotAnAnswer: a number cannot be read
    """
    for time_ in range(TIMES):
        named = replace(terms, session=_session(terms.session, time_))
        try:
            return _ask(line, folder, numbers, named, patience, progress)
        except CannotMatch as why:
            if why.reason not in ANEW or time_ == TIMES - 1:
                raise
            shutil.rmtree(folder / named.session, ignore_errors=True)
    raise AssertionError("the last time either answers or raises")


def _session(name: str, time_: int) -> str:
    return hashlib.sha256(f"{name} {time_}".encode()).hexdigest()[:32] if time_ else name


def _ask(line: Line, folder: Path, numbers: Sequence[str], terms: Terms, patience: float, progress: Progress) -> Matched:
    mine = _Kept.of(folder / terms.session, numbers, terms)
    hidden = _hidden_list(line, folder, terms, time.monotonic() + patience, progress)
    elements = mine.elements(numbers, terms.asked)
    whole = matching.parts(len(elements), matching.ELEMENTS)
    answered = []
    for part in range(whole):
        kept = mine.folder / f"answered.{part}"
        if not kept.exists():
            at = part * matching.ELEMENTS
            questions = library.hidden_questions(mine.key, elements[at : at + matching.ELEMENTS])
            answer = line.ask("PUT", f"/match/sessions/{terms.session}/asked/{part}", questions)
            key_files.keep(kept, answer)
        answered.append(kept.read_bytes())
        progress("asked", part + 1, whole)
    order = matching.shuffled(terms.asked, mine.key)
    try:
        theirs = hidden.path.read_bytes()
    except FileNotFoundError:  # another worker fetched a newer list meanwhile
        raise CannotMatch("over", "对方的名单换了。", "请重新开始一次会话。") from None
    found = sorted(order[at] for at in library.in_both(mine.key, theirs, answered))
    line.tell("DELETE", f"/match/sessions/{terms.session}", {})
    over = tuple(at for at in found if at < len(numbers))
    return Matched(over, hidden.as_of, terms.asked, hidden.served, line.sent, line.received)


def forget(folder: Path, session: str) -> None:
    """Destroy the key and everything kept of a session, after its result is kept elsewhere."""
    for time_ in range(TIMES):
        shutil.rmtree(folder / _session(session, time_), ignore_errors=True)


@dataclass(frozen=True)
class _Kept:
    """What is kept of a session while it runs: its key, for the owner only."""

    folder: Path
    key: bytes

    @classmethod
    def of(cls, folder: Path, numbers: Sequence[str], terms: Terms) -> _Kept:
        """The session as it was kept, or a new one.

        :raises CannotMatch: it was begun with other numbers or other terms
        """
        path = folder / "begun.json"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            key = library.new_key()
            begun = {"key": key.hex(), "terms": terms.told(), "numbers": _digest(key, numbers)}
            key_files.keep(path, json.dumps(begun, ensure_ascii=False).encode())
            return cls(folder, key)
        begun = json.loads(path.read_text(encoding="utf-8"))
        key = bytes.fromhex(begun["key"])
        if begun["terms"] != terms.told() or begun["numbers"] != _digest(key, numbers):
            raise CannotMatch("other_terms", "这次比对开始以后，名单或条件变了。", "请重新开始一次。")
        return cls(folder, key)

    def elements(self, numbers: Sequence[str], size: int) -> list[str]:
        """What is hidden and sent: the numbers and the padding, mixed."""
        plain = matching.padded([matching.element(one) for one in numbers], size, self.key)
        return [plain[at] for at in matching.shuffled(size, self.key)]


@dataclass(frozen=True)
class _HiddenList:
    path: Path
    as_of: date
    served: int


def _hidden_list(line: Line, folder: Path, terms: Terms, until: float, progress: Progress) -> _HiddenList:
    """Open the session and fetch the other side's hidden list, part by part; one fetched before is not fetched again."""
    while True:
        try:
            told = line.tell("PUT", f"/match/sessions/{terms.session}", terms.told())
            break
        except CannotMatch as why:
            if why.reason != "preparing" or time.monotonic() >= until:
                raise
            progress("preparing", 0, 1)
            time.sleep(min(why.again or 1, 1))
    path = folder / f"hidden.{told['sha256']}"
    if not path.exists():
        unfinished = folder / terms.session / "hidden.part"
        have = unfinished.stat().st_size // matching.PART if unfinished.exists() else 0
        whole = matching.parts(told["size"], matching.PART)
        with unfinished.open("r+b" if have else "wb") as file:
            file.truncate(have * matching.PART)
            file.seek(have * matching.PART)
            for part in range(have, whole):
                file.write(line.ask("GET", f"/match/rounds/{told['round']}/hidden/{part}"))
                file.flush()
                progress("list", part + 1, whole)
        if hashlib.sha256(unfinished.read_bytes()).hexdigest() != told["sha256"]:
            unfinished.unlink()
            raise CannotMatch("digest_differs", "取来的名单和对方说的不一样。", "请再问一次。", again=5)
        settle(unfinished)
        rename(unfinished, path)
        for old in folder.glob("hidden.*"):
            if old != path:
                old.unlink(missing_ok=True)
    return _HiddenList(path, date.fromisoformat(told["as_of"]), told["served"])


def _digest(key: bytes, numbers: Sequence[str]) -> str:
    return hmac.digest(key, "\n".join(numbers).encode(), "sha256").hex()
