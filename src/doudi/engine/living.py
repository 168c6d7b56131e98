"""What registers say of who lives together, read side by side: the ground `households` proposes on."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Array = np.ndarray[Any, Any]

RELATIONS = ("self", "spouse", "son", "daughter", "grandchild", "parent", "grandparent", "sibling", "in_law", "other")
SELF, SPOUSE, SON, DAUGHTER, GRANDCHILD, PARENT, GRANDPARENT, SIBLING, IN_LAW, OTHER = range(len(RELATIONS))
# Which datasets a tie may come from; `said` is what a person said.
SOURCES = (
    "hukou",
    "dibao",
    "near_dibao",
    "rigid_expenditure",
    "tekun",
    "monitored",
    "marriage",
    "student",
    "child_benefit",
    "said",
)
ROLLS = SOURCES[1:6]
KINDS = ("booklet", "roll", "married", "divorced", "guardian", "address", "together", "apart", "parent")
CERTAINTIES = ("sure", "likely", "ask")
# Why somebody should go and see; '' where nothing is unsure.
LOOKS = (
    "",
    "headless",  # stands alone in a booklet as somebody's relative, and nothing says whose
    "two_heads",  # two heads in one booklet: who belongs to which is read from the order of the rows
    "spouse_elsewhere",  # married, and each has a home of their own
    "two_rolls",  # ties join two households that are helped apart
    "off_roll",  # lives with people on a roll, and is not on it
    "on_roll_only",  # on the roll of this household, and the booklet has them in another
    "minor_alone",  # a child with nobody
    "guardian_elsewhere",  # a child whose guardian lives in another household
    "too_large",  # more than eight
    "unlike",  # households visited so far were otherwise where registers said the same
)
LARGE = 8  # people; beyond it a person has to look
HUB = 14  # people in one booklet or at one address: an institution, not a family
ADULT, WORKING = 18, 16  # years
LEARNING = 24  # years up to which a guardian of a pupil is asked for
NOBODY = -1
NEVER = -(2**31)


OF_ONE = ("custody", "missing", "clergy", "dead", "school", "moved")
OF_TWO = ("together", "married", "guardian", "parent")


@dataclass(frozen=True)
class Reason:
    """What the law says of a kind of member or non-member."""

    code: str
    counted: bool
    article: str
    clause: str
    certain: str


@cache
def reasons(on: date) -> tuple[Reason, ...]:
    """The reasons that hold on a day, in the order of the file: the lower overrules the higher."""
    with (Path(__file__).parent / "households.toml").open("rb") as file:
        raw = tomllib.load(file)["reason"]
    return tuple(
        Reason(one["code"], one["counted"], one["article"], one.get("clause", ""), one["certain"])
        for one in raw
        if one["from"] <= on and ("to" not in one or on <= one["to"])
    ) or tuple(Reason(one["code"], one["counted"], "", "", "ask") for one in raw)  # before the rule: said, with no article


@dataclass(frozen=True)
class Couples:
    """Rows of the marriage register, one pair a row: who, married or divorced, which day (since 1970), which row."""

    a: Array
    b: Array
    married: Array
    day: Array
    line: Array


@dataclass(frozen=True)
class Known:
    """What registers say of everybody, a place in every array each: person n stands at place n. Unknown: -1, 0 or NEVER."""

    age: Array
    sex: Array
    surname: Array
    book: Array
    book_line: Array
    relation: Array
    address: Array
    roll: Array  # place in ROLLS, or NOBODY
    roll_home: Array
    roll_line: Array
    roll_relation: Array
    single: Array  # single-person dibao: helped, and cut out of a household that is not
    dependent: Array  # grown and cannot live independently
    master: Array
    dead: Array
    custody: Array
    missing: Array
    clergy: Array
    moved: Array
    guardian: Array
    guardian_line: Array
    guardian_source: Array
    couples: Couples

    @property
    def count(self) -> int:
        return len(self.age)


# ---- reading -------------------------------------------------------------------------------------------------


def gather(
    con: duckdb.DuckDBPyConnection, people: pa.Table, spread: Mapping[str, Any], facts: Mapping[str, Any], on: date
) -> Known:
    """What the datasets say of everybody that households are worked out from.

    :param people: everybody by place: number, name (people.lay)
    :param spread: each dataset's sums by place
    :param facts: the facts of people
    """
    count = len(people)

    def said(code: str, name: str, kind: type, absent: int = 0) -> Array:
        if code not in spread:
            return np.full(count, absent, kind)
        return np.asarray(spread[code][name].fill_null(absent)).astype(kind)

    def flag(name: str) -> Array:
        return np.asarray(facts[name].fill_null(False)) if name in facts else np.zeros(count, bool)

    def relation(code: str) -> Array:
        if code not in spread or "_relation" not in spread[code].names:
            return np.full(count, NOBODY, np.int8)
        places = pc.index_in(spread[code]["_relation"].cast(pa.string()), pa.array(RELATIONS))
        return np.asarray(places.fill_null(NOBODY)).astype(np.int8)

    roll, home = np.full(count, NOBODY, np.int8), np.zeros(count, np.uint64)
    line, place = np.full(count, -1, np.int64), np.full(count, NOBODY, np.int8)
    alone = flag("on_tekun")  # supported as a person, not as a household
    roll[alone], place[alone] = ROLLS.index("tekun"), SELF
    home[alone] = np.flatnonzero(alone) + 1
    for at, code in reversed(list(enumerate(ROLLS))):  # what counts more overwrites
        if code not in spread or code == "tekun":
            continue
        here = flag(_ON[code]) & ~alone
        if code == "dibao":
            here &= ~flag("on_single_dibao")  # cut out of a borderline household: the others live there too (D57 Art. 8)
        roll[here] = at
        home[here] = said(code, "_home", np.uint64)[here]
        line[here], place[here] = said(code, "_line", np.int64, -1)[here], relation(code)[here]
    own = np.asarray(pc.cast(pc.utf8_slice_codeunits(people["number"], 0, 17), pa.int64()).fill_null(-1))
    by_number = np.argsort(own, kind="stable")
    guardian, guardian_line = np.full(count, NOBODY, np.int32), np.full(count, -1, np.int64)
    guardian_source = np.zeros(count, np.int8)
    for code in ("student", "child_benefit"):
        if code in spread:
            whose = said(code, "_guardian", np.int64, -2)
            at = np.minimum(np.searchsorted(own[by_number], whose), count - 1)
            found = own[by_number[at]] == whose
            guardian[found], guardian_line[found] = by_number[at][found], said(code, "_line", np.int64, -1)[found]
            guardian_source[found] = SOURCES.index(code)
    age = np.asarray(facts["age"].fill_null(-1)).astype(np.int16)
    stage = np.full(count, NOBODY)
    if "student_stage" in facts:
        stage = np.asarray(pc.index_in(facts["student_stage"].cast(pa.string()), pa.array(_STAGES)).fill_null(NOBODY))
    severe = (
        flag("is_disabled") & (np.asarray(facts["disability_grade"].fill_null(9)) <= _SEVERE)
        if "disability_grade" in facts
        else np.zeros(count, bool)
    )
    master = stage == _STAGES.index("master")
    surname = pc.utf8_slice_codeunits(people["name"], 0, 1).combine_chunks().dictionary_encode()
    sex = np.asarray(pc.cast(pc.coalesce(people["sex"], pa.scalar("0")), pa.int8()))
    moved = (
        np.asarray(pc.equal(facts["hukou_status"].cast(pa.string()), "moved").fill_null(False))
        if "hukou_status" in facts
        else np.zeros(count, bool)
    )
    return Known(
        age=age,
        sex=sex,
        surname=np.asarray(surname.indices.fill_null(-1)).astype(np.int32),
        book=said("hukou", "_home", np.uint64),
        book_line=said("hukou", "_line", np.int64, -1),
        relation=relation("hukou"),
        address=said("hukou", "_address", np.uint64),
        roll=roll,
        roll_home=home,
        roll_line=line,
        roll_relation=place,
        single=flag("on_single_dibao"),
        dependent=severe | flag("lacks_civil_capacity") | ((stage >= 0) & ~master),
        master=master,
        dead=np.asarray(facts["died_on"].is_valid()) if "died_on" in facts else np.zeros(count, bool),
        custody=flag("is_in_custody"),
        missing=flag("is_declared_missing"),
        clergy=np.zeros(count, bool),  # no department tells; a family or an officer may
        moved=moved,
        guardian=guardian,
        guardian_line=guardian_line,
        guardian_source=guardian_source,
        couples=_couples(con, on) if "marriage" in spread else Couples(*(np.empty(0, kind) for kind in _COUPLE)),
    )


_ON = {"dibao": "on_dibao", "near_dibao": "on_near_dibao", "rigid_expenditure": "on_rigid", "monitored": "on_monitored"}
_STAGES = ("kindergarten", "primary", "junior", "senior", "bachelor", "master")
_SEVERE = 2  # grades 1 and 2
_COUPLE = (np.int32, np.int32, bool, np.int32, np.int64)


def _couples(con: duckdb.DuckDBPyConnection, on: date) -> Couples:
    """The pairs of the marriage register up to a day, in the order they were registered."""
    rows = con.sql(
        f"""SELECT one.n AS a, other.n AS b, one.event = 'marriage' AS married,
            (one.event_date - DATE '1970-01-01')::INTEGER AS day, line
        FROM rows_marriage one JOIN rows_marriage_spouse other USING (line)
        WHERE one.n <> other.n AND one.event_date <= DATE '{on}' ORDER BY day, line"""
    ).to_arrow_table()
    return Couples(*(column.to_numpy().astype(kind) for column, kind in zip(rows.columns, _COUPLE, strict=True)))
