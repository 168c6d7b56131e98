"""A source that may not hand over its list: the questions of checks, carried by private matching."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from doudi.facts.money import NotMoney, fen, yuan
from doudi.verification.core import AT_LEAST, NotAnAnswer, Said, SourceRow
from doudi.verification.core.matching import LEAST_ASKED, CannotMatch, Matched, Terms, element, rounded
from doudi.verification.gateways.adapters import Answered, Outgoing, Refused, Reply, SourceDown, TryAgain
from doudi.verification.gateways.matching import asking
from doudi.verification.gateways.matching.wire import Line
from doudi.verification.gateways.own_keys import own_keys

PATIENCE = 20  # seconds a worker waits while the other side hides its list; hidden once, it serves a day
REFUSALS = ("no_basis", "no_order", "order_expired", "too_many", "not_asked_here")
# What a hit says under each contract: the sum is over this, and the day it speaks of.
COLUMNS = {"deposit": ("balance", "balance_date")}


def folder_of(source: SourceRow) -> Path:
    """Where what is kept of running sessions with a source lies, for the owner only."""
    return Path(settings.LAKE).parent / "matching" / source.code


def line_to(source: SourceRow, now: datetime) -> Line:
    """A line to a source, signed with our own key."""
    parts = urlsplit(source.address)
    return Line(f"{parts.scheme}://{parts.netloc}{parts.path}", own_keys(now)[0].sign, source.public_key)


def limit_of(source: SourceRow) -> int:
    """The limit, in fen, this source is asked about; it stands in its address: http://bank:9400/?over=50000

    :raises CannotMatch: the address names none
    """
    try:
        return _limit(source.address)
    except NotMoney:
        raise CannotMatch("bad_address", f"来源 {source.code} 的地址没有写超过多少元。", "请写成 …?over=50000。") from None


def _limit(address: str) -> int:
    return fen(parse_qs(urlsplit(address).query).get("over", [""])[0])


def address_wrong(dataset: str, address: str, public_key: str) -> str:
    """Why a source cannot be asked by private matching as it is written down; empty when it can."""
    if dataset not in COLUMNS:
        return f"隐私比对只能问：{'、'.join(COLUMNS)}。"
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc:
        return "隐私比对要写地址和限额，像 https://host:9400/?over=50000。"
    try:
        limit = _limit(address)
    except NotMoney:
        limit = 0
    if limit <= 0:
        return "地址里要写问的是超过多少元，像 https://host:9400/?over=50000。"
    return "" if public_key else "隐私比对要写对方的公钥，没有它，对方的回答不能信。"


class MatchingSource:
    """Carries questions by private matching. clock: the real time, which signatures carry."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock

    def send(self, source: SourceRow, questions: Sequence[Outgoing]) -> list[Reply]:
        """Ask about everybody at once, in one session for each basis; a hit says no more than "over so much"."""
        replies: dict[str, Reply] = {}
        for basis, order in dict.fromkeys((one.basis, one.task_order) for one in questions):
            mine = [one for one in questions if (one.basis, one.task_order) == (basis, order)]
            replies |= self._session(source, basis, order, mine)
        return [replies[one.ref] for one in questions]

    def poll(self, source: SourceRow, questions: Sequence[Outgoing]) -> list[Reply]:
        """Nothing is answered later: ask anew."""
        return self.send(source, questions)

    def _session(self, source: SourceRow, basis: str, order: str, questions: list[Outgoing]) -> dict[str, Reply]:
        replies: dict[str, Reply] = {}
        asked = []
        for one in questions:
            try:
                element(one.number)
                asked.append(one)
            except NotAnAnswer:
                replies[one.ref] = Answered(Said.AMBIGUOUS, "没有能读的身份证号，不能比对")
        if not asked:
            return replies
        refs = " ".join(sorted(one.ref for one in asked))
        session = hashlib.sha256(f"{source.code} {self.clock():%Y-%m-%d} {refs}".encode()).hexdigest()[:32]
        try:
            if source.dataset not in COLUMNS:
                raise CannotMatch("not_asked_here", f"{source.dataset} 不能用隐私比对问。", "请换一种方式。")
            terms = Terms(
                session, source.dataset, limit_of(source), basis, order, "核对家庭经济状况", rounded(len(asked), LEAST_ASKED)
            )
            with line_to(source, self.clock()) as line:
                numbers = [one.number for one in asked]
                matched = asking.ask(line, folder_of(source), numbers, terms, patience=PATIENCE)
        except CannotMatch as why:
            return replies | dict.fromkeys((one.ref for one in asked), _not_now(why))
        asking.forget(folder_of(source), session)
        return replies | {one.ref: _answer(source, matched, at, limit_of(source)) for at, one in enumerate(asked)}


def _not_now(why: CannotMatch) -> Reply:
    """What becomes of questions that were not answered.

    :raises SourceDown: nobody could be reached, or what came back cannot be believed
    """
    if why.reason in REFUSALS:
        return Refused(why.message[:200])
    after = None if why.again is None else timedelta(seconds=why.again)
    if why.reason in ("preparing", "quota"):
        return TryAgain(str(why)[:300], after)
    raise SourceDown(str(why), after)


def _answer(source: SourceRow, matched: Matched, at: int, limit: int) -> Answered:
    if at not in matched.over:
        return Answered(Said.NOTHING, "", matched.as_of)
    column, day = COLUMNS[source.dataset]
    row = {column: yuan(limit), day: matched.as_of.isoformat(), AT_LEAST: True}
    return Answered(Said.FOUND, "", matched.as_of, [row], [f"over-{limit // 100}"])
