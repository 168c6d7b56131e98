"""The side that holds a list it may not hand over: what it keeps on its own disk, whom it answers, and how often.

It needs nothing of doudi's database. It never learns who is asked about; it learns how many (rounded), over what, by which right.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from doudi.exchange.core import signing
from doudi.facts.money import NotMoney, fen
from doudi.facts.number import parse
from doudi.office.gateways import key_files
from doudi.verification.core import matching
from doudi.verification.core.matching import CannotMatch, Terms
from doudi.verification.gateways.matching import library

NUMBER, SUM = "公民身份号码", "金额"  # headings of the bank's own file; a person may stand in it once for each account
ORDER, MOST, UNTIL = "任务单编号", "最多人数", "到期日"  # headings of the task orders it has on paper
ROUND_LASTS = timedelta(days=1)


class BadList(Exception):
    """A file that cannot be used: which rows, which field, why."""


@dataclass(frozen=True)
class Order:
    """A task order the bank was shown: how many people it may be asked about, until when."""

    number: str
    most: int
    until: date


def own_key(home: Path) -> tuple[str, str]:
    """The bank's key pair, made once; its private half never leaves this folder."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    private_file, public_file = home / "key", home / "key.pub"
    if not private_file.exists():
        private, public = signing.new_key()
        public_file.write_text(public + "\n", encoding="utf-8")
        key_files.keep(private_file, f"{private}\n".encode())
    return private_file.read_text(encoding="utf-8").strip(), public_file.read_text(encoding="utf-8").strip()


def read_sums(path: Path) -> dict[str, int]:
    """What each person holds, in fen, over all rows of the bank's file.

    :raises BadList: a heading is missing, or rows cannot be read; the first twenty of them are named
    """
    held: dict[str, int] = {}
    wrong: list[str] = []
    for row_no, row in _rows(path, (NUMBER, SUM)):
        number = parse(row[NUMBER])
        if number.value is None:
            wrong.append(f"第 {row_no} 行 {NUMBER}：{number.state}")
            continue
        try:
            held[number.value] = held.get(number.value, 0) + fen(row[SUM])
        except NotMoney as why:
            wrong.append(f"第 {row_no} 行 {SUM}：{why}")
    if wrong:
        raise BadList(f"{path}：{len(wrong)} 行读不出来。请改好再来：\n" + "\n".join(wrong[:20]))
    return held


def read_orders(path: Path) -> dict[str, Order]:
    """The task orders the bank was shown.

    :raises BadList: a heading is missing, or rows cannot be read
    """
    orders = {}
    for row_no, row in _rows(path, (ORDER, MOST, UNTIL)):
        try:
            orders[row[ORDER]] = Order(row[ORDER], int(row[MOST]), date.fromisoformat(row[UNTIL]))
        except ValueError:
            raise BadList(f"{path} 第 {row_no} 行：{MOST}要是整数，{UNTIL}要像 2026-12-31。") from None
    return orders


def write_order(path: Path, number: str, *, most: int = 1_000_000, until: date = date(2099, 12, 31)) -> None:
    """Write down one task order the bank was shown, in place of those before."""
    path.write_text(f"{ORDER},{MOST},{UNTIL}\n{number},{most},{until.isoformat()}\n", encoding="utf-8")


def _rows(path: Path, needed: tuple[str, ...]) -> Iterable[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if missing := [name for name in needed if name not in (reader.fieldnames or ())]:
                raise BadList(f"{path} 没有这些列：{'、'.join(missing)}。第一行要写列名。")
            for row in reader:
                yield reader.line_num, {name: (row[name] or "").strip() for name in needed}
    except UnicodeDecodeError:
        raise BadList(f"{path} 不是 UTF-8。请另存为 UTF-8 再来。") from None


@dataclass
class Bank:
    """A list, and everything that was asked of it. One process has a folder at a time; killed anywhere, it goes on from there.

    sums: fen by citizen number
    over: the limits it answers about, in fen; never others, or sums could be found out by asking again and again
    offices: public keys of those who may ask
    quota: how many hidden numbers one office may have answered a day
    """

    folder: Path
    label: str
    dataset: str
    as_of: date
    sums: dict[str, int]
    over: tuple[int, ...]
    offices: tuple[str, ...]
    orders: dict[str, Order]
    quota: int
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _making: dict[str, threading.Thread] = field(default_factory=dict)
    _used: Counter[tuple[str, str]] = field(default_factory=Counter)  # hidden numbers asked, by office and day
    _failed: dict[str, CannotMatch] = field(default_factory=dict)
    _journal_end: str = ""

    def __post_init__(self) -> None:
        for name in ("rounds", "sessions"):
            (self.folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        self._list = hashlib.sha256(repr((self.as_of, sorted(self.sums.items()))).encode()).hexdigest()
        self._journal_end = self._read_journal_end()
        self._forget(datetime.now(UTC).astimezone())
        for path in (self.folder / "sessions").glob("*.json"):
            kept = _read(path) or {}
            self._used[kept["office"], kept["day"]] += kept["terms"]["asked"]

    # ---- asked over the line -------------------------------------------------------------------------------------------

    def open(self, office: str, told: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Open a session, or say how far one is: the same terms again are the same session.

        office: the public key that signed
        :raises CannotMatch: not allowed to ask this, the day's quota is used up, or the list is still being hidden
        """
        terms = matching.read_terms(told)
        with self._lock:
            kept = _read(self._session(terms.session))
            if kept is None:
                self._may(office, terms, now)
                kept = {"office": office, "terms": terms.told(), "round": self._round(office, terms, now), "parts": {}}
                kept["day"] = now.date().isoformat()
                _write(self._session(terms.session), kept)
                self._used[office, kept["day"]] += terms.asked
                self._note("open", terms, office, now)
            elif kept["office"] != office or kept["terms"] != terms.told():
                raise CannotMatch("other_terms", "这个会话号已经用过，条件不一样。", "新的一次请用新的会话号。")
            elif kept.get("closed") or _read(self.folder / "rounds" / kept["round"] / "round.json") is None:
                raise CannotMatch("over", "这次会话已经结束，或者名单换了。", "请重新开始一次会话。")
        return self._hidden(kept["round"], terms)

    def hidden_part(self, office: str, name: str, part: int) -> bytes:
        """A part of the list, hidden.

        :raises CannotMatch: there is none of this name for this office
        """
        told = _read(self.folder / "rounds" / name / "round.json") if name.isalnum() else None
        path = self.folder / "rounds" / name / "hidden"
        if told is None or told["office"] != office or not path.exists():
            raise CannotMatch("unknown", "没有这份名单。", "请重新开始一次会话。")
        if not 0 <= part < matching.parts(path.stat().st_size, matching.PART):
            raise CannotMatch("unknown", f"没有第 {part} 段。", "请按开始时说的段数取。")
        with path.open("rb") as file:
            file.seek(part * matching.PART)
            return file.read(matching.PART)

    def answer(self, office: str, session: str, part: int, questions: bytes) -> bytes:
        """Hide questions a second time. Each part of a session is answered for one content only; the same again, the same answer.

        :raises CannotMatch: no such session, more than was said, or other content
        """
        path = self._session(session)
        digest, count = hashlib.sha256(questions).hexdigest(), library.count_of(questions)
        with self._lock:
            kept = _read(path)
            if kept is None or kept["office"] != office or kept.get("closed"):
                raise CannotMatch("unknown", "没有这次会话，或者已经结束。", "请重新开始一次会话。")
            before = kept["parts"].get(str(part))
            if before is not None and before[0] != digest:
                raise CannotMatch("other_content", f"第 {part} 段已经问过，内容不一样。", "请从头再问一次。")
            if before is None:
                if sum(one for _, one in kept["parts"].values()) + count > kept["terms"]["asked"]:
                    raise CannotMatch("too_many", f"说好最多问 {kept['terms']['asked']:,} 个，超过了。", "请按实际人数重新开始。")
                kept["parts"][str(part)] = (digest, count)
                _write(path, kept)
        told = _read(self.folder / "rounds" / kept["round"] / "round.json")
        if told is None:
            raise CannotMatch("unknown", "这份名单已经过期。", "请重新开始一次会话。")
        return library.hidden_again(bytes.fromhex(told["key"]), questions)

    def close(self, office: str, session: str, now: datetime) -> dict[str, Any]:
        """End a session: nothing more is answered in it. Ended already is ended."""
        path = self._session(session)
        with self._lock:
            kept = _read(path)
            if kept is not None and kept["office"] == office and not kept.get("closed"):
                _write(path, kept | {"closed": True})
                answered = sum(count for _, count in kept["parts"].values())
                self._note("close", Terms(**kept["terms"]), office, now, answered=answered)
        return {"closed": True}

    # ---- by which right ------------------------------------------------------------------------------------------------

    def _may(self, office: str, terms: Terms, now: datetime) -> None:
        if office not in self.offices:
            raise CannotMatch("unknown_key", "没有登记这把钥匙。", "请把公钥交给我们登记。")
        if terms.dataset != self.dataset or terms.over not in self.over:
            shown = "、".join(str(one) for one in self.over)
            raise CannotMatch("not_asked_here", f"这里只答 {self.dataset}，只答超过这些（分）：{shown}。", "请改了再问。")
        if terms.basis == "consent":
            if terms.asked > matching.ONE_HOUSEHOLD:
                most = matching.ONE_HOUSEHOLD
                raise CannotMatch("no_order", f"凭本人授权一次最多问 {most} 个。", "问得多，要有任务单。")
        else:
            order = self.orders.get(terms.order)
            if order is None:
                raise CannotMatch("no_order", f"我们没有收到任务单 {terms.order}。", "请先把批准的任务单送给我们。")
            if now.date() > order.until:
                raise CannotMatch("order_expired", f"任务单 {terms.order} 到 {order.until} 为止。", "请送新的任务单。")
            if terms.asked > matching.rounded(order.most, matching.LEAST_ASKED):
                raise CannotMatch("too_many", f"任务单 {terms.order} 最多 {order.most:,} 人。", "请按任务单问。")
        if terms.asked > self.quota:
            raise CannotMatch("too_many", f"一天最多问 {self.quota:,} 个，这一次就超过了。", "请分成几天问。")
        used = self._used[office, now.date().isoformat()]
        if used + terms.asked > self.quota:
            midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), now.tzinfo)
            raise CannotMatch(
                "quota",
                f"今天已经问了 {used:,} 个，一天最多 {self.quota:,} 个。",
                "请明天再问。",
                again=int((midnight - now).total_seconds()),
            )

    # ---- the list, hidden ----------------------------------------------------------------------------------------------

    def _round(self, office: str, terms: Terms, now: datetime) -> str:
        """The hidden list this office may use today: one key for one office, one limit and one delivery of the list, for a day.

        A list hidden anew for every question would cost minutes; with a key that outlives its list, two lists could be compared.
        """
        told = [office, terms.over, self._list, now.date().isoformat()]
        name = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]
        path = self.folder / "rounds" / name
        if _read(path / "round.json") is None:
            self._forget(now)
            path.mkdir(exist_ok=True, mode=0o700)
            key = library.new_key().hex()
            about = {"office": office, "over": terms.over, "list": self._list, "day": now.date().isoformat(), "key": key}
            _write(path / "round.json", about)
        return name

    def _forget(self, now: datetime) -> None:
        """Destroy the keys of other lists and of days gone by, and sessions nobody can go on with; the journal keeps them."""
        yesterday = (now.date() - ROUND_LASTS).isoformat()
        for path in (self.folder / "rounds").iterdir():
            told = _read(path / "round.json")
            if told is None or told["list"] != self._list or told["day"] < yesterday:
                for one in path.iterdir():
                    one.unlink()
                path.rmdir()
        for path in (self.folder / "sessions").glob("*.json"):
            kept = _read(path)
            if kept and kept["day"] < yesterday:
                path.unlink()

    def _hidden(self, name: str, terms: Terms) -> dict[str, Any]:
        path = self.folder / "rounds" / name
        if not (path / "about.json").exists():
            with self._lock:
                making = self._making.get(name)
                if making is None or not making.is_alive():
                    making = self._making[name] = threading.Thread(target=self._hide, args=(name, terms.over), daemon=True)
                    making.start()
            making.join(2)
        about = _read(path / "about.json")
        if failed := self._failed.get(name):
            raise failed
        if about is None:
            raise CannotMatch("preparing", "名单正在加密。", "过一会儿用同样的条件再问。", again=5)
        return {"round": name, **about, "as_of": self.as_of.isoformat(), "over": terms.over, "label": self.label}

    def _hide(self, name: str, over: int) -> None:
        """Hide the list under a round's key and keep it; the same key gives the same bytes, so being killed costs only time."""
        path = self.folder / "rounds" / name
        told = _read(path / "round.json")
        assert told is not None
        key = bytes.fromhex(told["key"])
        listed = [f"citizen_no:{number}" for number, held in self.sums.items() if held > over]
        served = matching.rounded(len(listed), matching.LEAST_SERVED)
        try:
            hidden = library.hidden_list(key, matching.padded(listed, served, key), self.quota)
        except CannotMatch as why:
            self._failed[name] = why
            return
        key_files.keep(path / "hidden", hidden)
        _write(path / "about.json", {"size": len(hidden), "sha256": hashlib.sha256(hidden).hexdigest(), "served": served})

    # ---- what was asked, kept ------------------------------------------------------------------------------------------

    def _session(self, session: str) -> Path:
        if len(session) != 32 or not session.isalnum():
            raise CannotMatch("unknown", "没有这次会话。", "请重新开始一次会话。")
        return self.folder / "sessions" / f"{session}.json"

    def _note(self, act: str, terms: Terms, office: str, now: datetime, **more: Any) -> None:
        """Write a line into the bank's own journal; each line holds the digest of the one before."""
        line = {"at": now.isoformat(), "act": act, "office": signing.key_id(office), **terms.told(), **more}
        text = json.dumps(line | {"after": self._journal_end}, ensure_ascii=False, sort_keys=True)
        with (self.folder / "journal.jsonl").open("a", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._journal_end = hashlib.sha256(text.encode()).hexdigest()

    def _read_journal_end(self) -> str:
        path, end = self.folder / "journal.jsonl", ""
        if path.exists():
            whole = path.read_bytes()
            if whole and not whole.endswith(b"\n"):  # killed while writing: what was not finished was not answered either
                whole = whole[: whole.rfind(b"\n") + 1]
                key_files.keep(path, whole)
            for line in whole.decode().splitlines():
                if json.loads(line)["after"] != end:
                    raise BadList(f"{path} 被改过：有一行接不上前一行。请从备份恢复。")
                end = hashlib.sha256(line.encode()).hexdigest()
        return end


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def _write(path: Path, told: dict[str, Any]) -> None:
    key_files.keep(path, json.dumps(told, ensure_ascii=False).encode())
