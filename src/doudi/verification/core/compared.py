"""What a comparison takes in and gives back: what was declared, each source's answer, items, sums, and limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from doudi.facts.money import spoken
from doudi.verification.core import reading
from doudi.verification.core.kinds import kinds
from doudi.verification.core.questions import Said
from doudi.verification.core.reading import Place, Row, day_of, place_of

# ---- what goes in ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Declared:
    """What the family said of one thing, on a day. Kept with the check.

    :ivar pid: whose; "" the household's own, or the key of a member the register does not know
    :ivar kind: a kind of income (reading.INCOMES), ALL_TOLD, `member`, or a kind of comparing.toml
    :ivar fen: a month's sum, or a balance; None: not said
    :ivar said: of a line that was shown beforehand: right, wrong or "" (not said)
    :ivar found_fen: what was shown then; dataset, batch, row_no and as_of say where that stands
    :ivar proposed: of a member: whether the register has them in the household; `together`: what the family says
    """

    pid: str
    kind: str
    fen: int | None
    words: str
    on: date | None
    said: str = ""
    found_fen: int | None = None
    dataset: str = ""
    batch: int | None = None
    row_no: int | None = None
    as_of: date | None = None
    name: str = ""
    proposed: bool = True
    together: bool | None = None

    @property
    def place(self) -> Place | None:
        """Where what was shown stands."""
        return Place(self.dataset, self.batch, self.row_no, self.as_of) if self.dataset and self.as_of else None


@dataclass(frozen=True, slots=True)
class Somebody:
    """Whom a comparison is about. `key`: the pid, or the row of who has none. role: member or supporter."""

    key: str
    pid: str
    name: str
    is_adult: bool
    role: str = "member"


@dataclass(frozen=True, slots=True)
class Answered:
    """One source's newest answer about one person."""

    pid: str
    dataset: str
    source: str
    label: str  # whose it is, in words
    said: str
    rows: tuple[Row, ...] = ()


NOT_ASKED = "没有说到"
ALL_TOLD = "incomes"  # what is declared when the family was asked for all its income and said this is all
ASSETS = ("deposit", "securities", "housing_fund")  # one limit holds for all
MONEY_TOTALS = ("income", "deposit")  # the others are counts


# ---- what comes out -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """A row that was found, and where it stands. `counted` is False for what is counted elsewhere already."""

    whose: str
    words: str
    fen: int | None
    place: Place
    label: str = ""
    counted: bool = True
    why: str = ""


@dataclass(frozen=True, slots=True)
class Used:
    """A number of the rules a limit was made of, as it stands for the place on the day."""

    name: str
    label: str
    value: int | str | bool
    unit: str  # money (fen), count, ratio …
    source: str  # the document that sets it


@dataclass(frozen=True, slots=True)
class Limit:
    """The limit in force. `value` in fen or a count; None: nobody has set one here. `holds`: None while it is not known."""

    programme: str
    clause: str
    article: str
    value: int | None
    unit: str
    per_head: bool
    holds: bool | None
    says: str
    used: tuple[Used, ...]


@dataclass(frozen=True, slots=True)
class HouseholdSaid:
    """What the household answered to a difference: a choice of comparing.toml, own words, a paper."""

    choice: str
    choice_label: str
    words: str
    paper: str
    channel: str
    at: Any
    by: str


# Where declared and found do not meet; "" where they do, or where there is nothing to ask.
NOT_SAID, MORE, LESS, WRONG, OPEN, SILENT_SOURCE = "not_said", "more", "less", "wrong", "open", "silent"
DIFFERENCES = {
    "": "一样",
    NOT_SAID: "查到了，没有说到",
    MORE: "查到的比说的多",
    LESS: "查到的比说的少",
    WRONG: "本人说不对",
    OPEN: "数据看不出来，要问",
    SILENT_SOURCE: "还没有查回来",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One item. `key` stays the same when the sources are asked again; an item with `is_total` is the household's sum.

    :ivar found_fen: the sum of what was found, or None where it is not money or not known; `count` of things likewise
    :ivar only_said_fen: of a sum: what only the family named, beside what was found
    :ivar at_least: a source did not answer, or may mean somebody else: there may be more
    :ivar unanswered: the sources that leave it open, in words
    """

    key: str
    kind: str
    pid: str
    whose: str
    heading: str
    declared: Declared | None
    data_says: str
    person_says: str
    difference: str = ""
    found: tuple[Found, ...] = ()
    found_fen: int | None = None
    said_fen: int | None = None
    only_said_fen: int = 0
    count: int | None = None
    at_least: bool = False
    unanswered: tuple[str, ...] = ()
    is_over: bool = False  # a source says only that it is over found_fen, not what it is
    is_total: bool = False
    is_supporter: bool = False
    limit: Limit | None = None
    said: tuple[HouseholdSaid, ...] = ()  # newest last; all are kept

    @property
    def difference_label(self) -> str:
        return DIFFERENCES[self.difference]

    @property
    def explanations(self) -> tuple[str, ...]:
        """What it may innocently be."""
        return kinds()[self.kind].explanations if self.difference else ()

    @property
    def place(self) -> Place | None:
        """Where the first row found stands; a line shown beforehand counts as found."""
        if self.found:
            return self.found[0].place
        return self.declared.place if self.declared else None

    @property
    def is_money(self) -> bool:
        """Of a sum: whether it is one of money; the others count things."""
        return self.kind in MONEY_TOTALS

    @property
    def is_question(self) -> bool:
        """Whether a person has to look at it."""
        return bool(self.difference) and not self.is_supporter


# ---- answers of a check ----------------------------------------------------------------------------------------------------

KNOWN = frozenset(one for one in Said if one.is_known)


class Answers:
    """The answers of a check, by person; rows that may be somebody else's are left out."""

    def __init__(self, answers: Iterable[Answered]) -> None:
        self.all = sorted(answers, key=lambda one: (one.pid, one.dataset, one.source))
        self.pids = {one.pid for one in self.all}
        asked = {(one.pid, one.dataset) for one in self.all}
        self._settled = asked - {(one.pid, one.dataset) for one in self.all if one.said not in KNOWN}

    def rows(self, pid: str, *datasets: str) -> list[Row]:
        """Rows found about a person, in an order of their own; of every dataset when none is named."""
        rows = [
            {**row, "source": one.source, "label": one.label}
            for one in self.all
            if one.pid == pid and one.said != Said.AMBIGUOUS and (not datasets or one.dataset in datasets)
            for row in one.rows
        ]
        return sorted(rows, key=lambda row: (row["dataset"], row["source"], str(row["as_of"]), *reading.order(row)))

    def open(self, pids: Iterable[str], *datasets: str) -> tuple[str, ...]:
        """The datasets that leave it open what these people have: silent, refused, ambiguous, too old, or not asked at all."""
        pids = set(pids)
        return tuple(dataset for dataset in datasets if any((pid, dataset) not in self._settled for pid in pids))


# ---- what was declared, as a check keeps it ------------------------------------------------------------------------------


def kept(rows: Iterable[Mapping[str, Any]]) -> tuple[Declared, ...]:
    """What was declared, from the plain values a check keeps."""
    return tuple(Declared(**{**row, "on": day_of(row["on"]), "as_of": day_of(row["as_of"])}) for row in rows)


def yuan(fen: int) -> str:
    """A sum as it is said."""
    return f"{spoken(fen)} 元"


def found_row(row: Row, whose: str, words: str, fen: int | None = None) -> Found:
    """A row as found, with where it stands."""
    return Found(whose, words, fen, place_of(row), str(row.get("label") or ""))
