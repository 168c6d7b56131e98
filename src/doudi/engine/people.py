"""The register, part two: who everybody is, with whom they live, and all their facts side by side, a row each.

Everything here is by place: row n of a person table is person n, row m of a household table is household m. Columns are moved
as whole Arrow columns, which costs a millisecond where a join over everybody costs thirty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.engine import living, visited
from doudi.engine.facts import HOUSEHOLD_COLUMN, arrow_type
from doudi.engine.households import Proposal, Said
from doudi.engine.linkage import born_of, ids_sql
from doudi.engine.living import OF_ONE, Known
from doudi.engine.sql import quote
from doudi.policy.language.names import Fact

# The rolls that make somebody part of the low-income population (O2023 §2); the first that applies is a person's one status.
TIERS = {
    "tekun": "on_tekun",
    "dibao": "on_dibao",
    "near_dibao": "on_near_dibao",
    "rigid_expenditure": "on_rigid",
    "monitored": "on_monitored",
}
# The first four also say with whom somebody is helped; everybody else lives with whom all ties together say (`households`).
HOME_ROLLS = ("tekun", "dibao", "near_dibao", "rigid_expenditure")
HOMES = (*HOME_ROLLS, "hukou", "none")
# Other hardship on record: the sixth tier.
_HARDSHIPS = ("in_union_hardship", "on_living_subsidy", "on_child_benefit", "has_serious_illness", "is_registered_unemployed")

Column = pa.ChunkedArray | pa.Array
Columns = Mapping[str, Column]
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Laid:
    """Everybody and every household; the facts stand row for row beside them."""

    person: pa.Table
    person_facts: pa.Table
    household: pa.Table
    household_facts: pa.Table


@dataclass(frozen=True)
class Homes:
    """Who lives together. Of people: household m, what says so (place in HOMES), relation, area; of households: hid, head."""

    m: Array
    source: Array
    relation: Column
    area: pa.DictionaryArray
    hid: Column
    head: Array


def lay(
    con: duckdb.DuckDBPyConnection,
    summed: Mapping[str, pa.Table],
    catalogue: Mapping[str, Fact],
    kinds: Mapping[str, str],
    key: str,
    on: date,
    said: Sequence[Said] = (),
) -> tuple[Laid, Proposal]:
    """Lay everything side by side; beside it, the households all ties together propose.

    Who is on a roll of help lives, for our purpose, with the people of the same household on that roll. A single-person dibao
    stays in the borderline household it was cut from. A fact no loaded dataset can answer is NULL for everybody.

    :param summed: what each dataset says, by dataset (`facts.summarise`)
    :param kinds: place code → urban or rural
    :param key: the linking key, which makes pid and hid
    :param said: what families and officers said of who lives with whom
    """
    people, spread, facts = _read(con, summed, catalogue, key, on)
    proposed = visited.propose(living.gather(con, people, spread, facts, on), _numbered(said, people), on)
    homes = _homes(con, people, spread, key, proposed.home)
    return side_by_side(people, spread, homes, kinds, catalogue, on, facts=facts), proposed


def known(
    con: duckdb.DuckDBPyConnection, summed: Mapping[str, pa.Table], catalogue: Mapping[str, Fact], key: str, on: date
) -> Known:
    """What registers say of everybody that households are proposed from, and nothing else."""
    people, spread, facts = _read(con, summed, catalogue, key, on)
    return living.gather(con, people, spread, facts, on)


def _read(
    con: duckdb.DuckDBPyConnection, summed: Mapping[str, pa.Table], catalogue: Mapping[str, Fact], key: str, on: date
) -> tuple[pa.Table, dict[str, Spread], dict[str, Column]]:
    people = _everybody(con, key)
    count = len(people)
    spread = {code: Spread(table, count) for code, table in summed.items()}
    if "hukou" in spread:
        people = _as_registered(people, spread["hukou"])
    return people, spread, _person_facts(people, spread, catalogue, on)


def side_by_side(
    people: pa.Table,
    spread: Mapping[str, Spread],
    homes: Homes,
    kinds: Mapping[str, str],
    catalogue: Mapping[str, Fact],
    on: date,
    *,
    facts: dict[str, Column] | None = None,
) -> Laid:
    """Everybody and every household with all their facts, when it is known who lives with whom: of a city, or of a few homes.

    :param facts: of the people, when they are worked out already
    """
    count = len(people)
    facts = facts or _person_facts(people, spread, catalogue, on)
    tier = _tiers(facts, count)
    facts["tier"] = _coded(tier, catalogue["tier"])
    person = pa.table(
        {
            "pid": people["pid"],
            "citizen_no": people["number"],
            "name": people["name"],
            "sex": people["sex"],
            "born_on": facts["born_on"],
            "area": homes.area,
            "m": pa.array(homes.m),
            "relation": homes.relation,
            "home_source": pa.DictionaryArray.from_arrays(pa.array(homes.source), pa.array(HOMES)),
            "tier": facts["tier"],
            "died_on": facts.get("died_on", pa.nulls(count, pa.date32())),
        }
    )
    head = pa.array(homes.head)
    household = pa.table({"hid": homes.hid, "area": homes.area.take(head), "head": head})
    of_homes = _household_facts(homes, spread, facts, tier, kinds, catalogue, on)
    return Laid(
        person,
        _catalogued(facts, catalogue, "person", count),
        household,
        _catalogued(of_homes, catalogue, "household", len(household)),
    )


# ---- people -------------------------------------------------------------------------------------------------------------


def _everybody(con: duckdb.DuckDBPyConnection, key: str) -> pa.Table:
    """Everybody in the order of n: pid, number, name, area (an integer), born_on, sex; of the registered no name and area yet."""
    day = "make_date({0} // 10000, ({0} // 100) % 100, {0} % 100)"
    found = con.sql(
        f"""SELECT ids.n, pid, ids.number, coalesce(newcomers.name, alone.name) AS name,
            coalesce(newcomers.area, alone.area)::BIGINT AS area,
            CASE WHEN ids.k IS NOT NULL THEN {day.format(born_of("ids.k"))}
                WHEN alone.born IS NOT NULL THEN {day.format("alone.born")} END AS born_on,
            CASE WHEN ids.k % 2 = 1 THEN '1' WHEN ids.k % 2 = 0 THEN '2' END AS sex
        FROM ({ids_sql(key)}) ids LEFT JOIN newcomers ON newcomers.n = ids.n LEFT JOIN alone ON alone.n = ids.n"""
    ).to_arrow_table()
    where = np.empty(len(found), np.int32)
    where[found["n"].to_numpy()] = np.arange(len(found), dtype=np.int32)
    return found.drop_columns(["n"]).combine_chunks().take(pa.array(where))


class Spread:
    """A dataset's sums as everybody's columns, each moved when asked for; who is not in the dataset has its last row."""

    def __init__(self, summed: pa.Table, count: int) -> None:
        whose = summed["n"].to_numpy()[:-1].astype(np.int32)
        self._where = np.full(count, len(whose), np.int32)
        self._where[whose] = np.arange(len(whose), dtype=np.int32)
        self._places = pa.array(self._where)
        self._summed = summed.combine_chunks()
        self.here: Array = self._where < len(whose)
        self.names = [name for name in summed.column_names if name != "n"]

    def __getitem__(self, name: str) -> Column:
        return self._summed[name].take(self._places)

    def of(self, name: str, people: Array) -> Column:
        """A column of some people."""
        return self._summed[name].take(pa.array(self._where[people]))


def _as_registered(people: pa.Table, hukou: Spread) -> pa.Table:
    """People as the register names them."""
    told = {
        "name": (hukou["_name"], people["name"]),
        "area": (hukou["_area_code"], people["area"]),
        "sex": (people["sex"], hukou["_sex"].cast(pa.string())),
    }
    for column, choices in told.items():
        people = people.set_column(people.column_names.index(column), column, pc.coalesce(*choices))
    return people


def _person_facts(people: pa.Table, spread: Mapping[str, Spread], catalogue: Mapping[str, Fact], on: date) -> dict[str, Column]:
    facts: dict[str, Column] = {name: table[name] for table in spread.values() for name in table.names if name in catalogue}
    births = [spread[code]["_birth_date"] for code in ("hukou", "old_age_allowance", "child_benefit") if code in spread]
    facts["born_on"] = pc.coalesce(people["born_on"], *births)
    facts["age"] = _years(facts["born_on"], on)
    facts["sex"] = _coded(people["sex"], catalogue["sex"])
    deaths = [spread[code][name] for code, name in (("death", "died_on"), ("hukou", "_cancelled_on")) if code in spread]
    if deaths:
        facts["died_on"] = pc.coalesce(*deaths)
    sources = np.zeros(len(people), np.int32)
    for table in spread.values():
        sources += table.here
    facts["source_count"] = pa.array(sources)
    return facts


def _years(born_on: Column, on: date) -> pa.Array:
    """Whole years lived on a day; who was born on 29 February is a year older on 1 March."""
    year, month, day = (np.asarray(part(born_on).fill_null(0)) for part in (pc.year, pc.month, pc.day))
    years = on.year - year - ((month > on.month) | ((month == on.month) & (day > on.day)))
    return pa.array(years.astype(np.int32), mask=np.asarray(born_on.is_null()))


def _coded(words: Column, fact: Fact) -> pa.Array:
    """Words as the codes of a fact."""
    codes = pa.array(list(fact.codes))
    places = pc.index_in(words, codes).cast(pa.uint8())
    return pa.DictionaryArray.from_arrays(places.combine_chunks() if isinstance(places, pa.ChunkedArray) else places, codes)


def _yes(column: Column) -> Array:
    """Where a flag is surely set."""
    return np.asarray(column.fill_null(False))


def _tiers(facts: Columns, count: int) -> pa.Array:
    """Everybody's one status: the first roll that applies; `other` for those surely on none with other hardship on record."""
    on = {tier: _yes(facts[flag]) for tier, flag in TIERS.items() if flag in facts}
    on_none = np.ones(count, bool)
    for flag in TIERS.values():
        if flag in facts:
            on_none &= np.asarray(facts[flag].is_valid())
    hardship = np.zeros(count, bool)
    for flag in _HARDSHIPS:
        if flag in facts:
            hardship |= _yes(facts[flag])
    if "temporary_aid_year" in facts:
        hardship |= np.asarray(facts["temporary_aid_year"].fill_null(0)) > 0
    if "student_stage" in facts:
        hardship |= np.asarray(facts["student_stage"].is_valid())
    if "disability_grade" in facts:
        hardship |= _yes(facts["is_disabled"]) & (np.asarray(facts["disability_grade"].fill_null(9)) <= 2)
    words = np.select([*on.values(), on_none & hardship], [*on, "other"], default="")
    return pa.array(words.astype(object), pa.string(), mask=words == "")


# ---- households ---------------------------------------------------------------------------------------------------------


def _numbered(said: Sequence[Said], people: pa.Table) -> list[tuple[str, int, int, bool, int]]:
    """What was said, of people by their n; what was said of somebody this cycle does not know stays for one that does."""
    if not said:
        return []
    pids = people["pid"].combine_chunks()
    a, b = (pc.index_in(pa.array([getattr(one, side) for one in said], pids.type), pids).to_pylist() for side in ("a", "b"))
    epoch = date(1970, 1, 1).toordinal()
    return [
        (one.kind, first, -1 if second is None else second, one.holds, one.since.toordinal() - epoch)
        for one, first, second in zip(said, a, b, strict=True)
        if first is not None and (second is not None or one.kind in OF_ONE)
    ]


def _homes(con: duckdb.DuckDBPyConnection, people: pa.Table, spread: Mapping[str, Spread], key: str, proposed: Array) -> Homes:
    count = len(people)
    source = np.full(count, HOMES.index("none"), np.int8)
    for code in ("hukou", *reversed(HOME_ROLLS)):  # what counts more overwrites
        if code not in spread:
            continue
        here = spread[code].here if code == "hukou" else _yes(spread[code][TIERS[code]])
        if code == "dibao" and "near_dibao" in spread:
            here = here & ~(_yes(spread["dibao"]["_single"]) & _yes(spread["near_dibao"]["on_near_dibao"]))
        source[here] = HOMES.index(code)
    home = np.arange(count, dtype=np.uint64)  # who lives alone; hashes of households are far larger numbers
    relation: Column = pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int8)), pa.array(["self"])).cast(pa.string())
    area: Column = people["area"]
    for code in HOMES:
        if code in spread:
            mine = source == HOMES.index(code)
            if code in HOUSEHOLD_COLUMN:
                home = np.where(mine, np.asarray(spread[code]["_home"].fill_null(0)), home)
                relation = pc.if_else(pa.array(mine), spread[code]["_relation"].cast(pa.string()), relation)
            area = pc.if_else(pa.array(mine), pc.coalesce(spread[code]["_area_code"], people["area"]), area)
    home = np.where(source >= HOMES.index("hukou"), proposed, home)  # on no roll: with whom the ties say they live
    _, first, m = np.unique(home, return_index=True, return_inverse=True)
    order = np.argsort(first)  # households stand in the order of their first member
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    m = rank[m]
    head = first[order].astype(np.int32)
    selves = np.flatnonzero(np.asarray(pc.equal(relation, "self").fill_null(False)))[::-1]
    head[m[selves]] = selves  # backwards, so that the first who is called head stays
    return Homes(m, source, relation, _area_codes(area), _hids(con, people, spread, source, head, key), head)


def _area_codes(area: Column) -> pa.DictionaryArray:
    """Area codes as text again, each different one written once."""
    coded = area.combine_chunks() if isinstance(area, pa.ChunkedArray) else area
    coded = coded.dictionary_encode()
    return pa.DictionaryArray.from_arrays(coded.indices, coded.dictionary.cast(pa.string()))


def _hids(
    con: duckdb.DuckDBPyConnection, people: pa.Table, spread: Mapping[str, Spread], source: Array, head: Array, key: str
) -> Column:
    """The id of every household: from the number its roll or booklet gives it, or from its only member."""
    heads = pa.array(head)
    text: Column = people["pid"].take(heads)
    for code, column in HOUSEHOLD_COLUMN.items():
        if code in HOMES and code in spread:
            named = pc.binary_join_element_wise(code, spread[code].of(f"_{column}", head), ":")
            theirs = source[head] == HOMES.index(code)
            if code == "hukou":  # of two households in one booklet the first keeps its name
                booklet = np.where(theirs, np.asarray(spread[code].of("_home", head).fill_null(0)), 0)
                first = np.zeros(len(head), bool)
                first[np.unique(booklet, return_index=True)[1]] = True
                theirs &= first
            text = pc.if_else(pa.array(theirs), named, text)
    con.register("heads", pa.table({"text": text}))
    try:
        return con.sql(f"SELECT 'h' || left(sha256({quote(key + ':')} || text), 20) AS hid FROM heads").to_arrow_table()["hid"]
    finally:
        con.unregister("heads")


def _household_facts(
    homes: Homes,
    spread: Mapping[str, Spread],
    person: Columns,
    tier: pa.Array,
    kinds: Mapping[str, str],
    catalogue: Mapping[str, Fact],
    on: date,
) -> dict[str, Column]:
    count, head = len(homes.head), pa.array(homes.head)
    alive = np.asarray(person["died_on"].is_null()) if "died_on" in person else np.ones(len(homes.m), bool)
    members = np.ma.masked_equal(np.bincount(homes.m[alive], minlength=count).astype(np.int64), -1)

    def of_roll(code: str, column: str) -> np.ma.MaskedArray[Any, Any]:
        """What a roll says about a whole household, standing on each of its rows; the largest where the rows disagree."""
        largest = np.full(count, -1, np.int64)
        if code in spread:
            mine = homes.source == HOMES.index(code)
            told = spread[code][f"_{column}"]
            if pa.types.is_date(told.type):
                told = told.cast(pa.int32())
            np.maximum.at(largest, homes.m[mine], np.asarray(told.fill_null(-1))[mine].astype(np.int64))
        return np.ma.masked_equal(largest, -1)

    def total(fact: str) -> np.ma.MaskedArray[Any, Any]:
        """The sum over the members, unknown where one member's is unknown. Whole fen stay exact in a float below 2^53."""
        if fact not in person:
            return np.ma.masked_all(count, np.int64)
        unknown = np.bincount(homes.m, np.asarray(person[fact].is_null()), minlength=count) > 0
        summed = np.bincount(homes.m, np.asarray(person[fact].fill_null(0)), minlength=count)
        return np.ma.array(summed.astype(np.int64), mask=unknown)

    per_head, year = of_roll("near_dibao", "income_per_head"), of_roll("rigid_expenditure", "income_year")
    month = _first(of_roll("dibao", "income_month"), per_head * members, _halves_up(year, 12))
    medical, outlay = total("medical_self_paid_year"), of_roll("rigid_expenditure", "outlay_year")
    place: pa.DictionaryArray = homes.area.take(head)
    in_place = pa.array([kinds.get(code or "") for code in place.dictionary.to_pylist()], pa.string()).take(place.indices)
    numbers = {
        "hh_members": members,
        "hh_income_month": month,
        "hh_income_per_head": _first(per_head, _halves_up(month, members)),
        "hh_income_year": _first(year, month * 12),
        "hh_rigid_outlay_year": _first(np.ma.maximum(outlay, medical), outlay, medical),
        "hh_medical_self_paid_year": medical,
        "hh_dibao_amount_month": of_roll("dibao", "amount_month"),
        "hh_financial_assets": total("deposits"),
        "hh_securities": total("securities"),
        "hh_car_count": total("car_count"),
        "hh_dwelling_count": total("dwelling_bought_count"),
        "hh_firm_count": total("firm_count"),
        "hh_review_on": _first(*(of_roll(code, "from_date") for code in ("dibao", "near_dibao", "rigid_expenditure"))),
    }
    facts: dict[str, Column] = {
        name: pa.array(np.ma.getdata(values), mask=np.ma.getmaskarray(values)) for name, values in numbers.items()
    }
    facts["hh_review_on"] = facts["hh_review_on"].cast(pa.int32())  # days since 1970, which Arrow reads as a date
    if "hukou" in spread:
        facts["hh_new_member_on"] = _new_members(homes, spread["hukou"], person, alive, count, on)
    said: list[Column] = [in_place]
    if "dibao" in spread:
        said.insert(
            0,
            (
                pc.if_else(
                    pa.array(homes.source[homes.head] == HOMES.index("dibao")),
                    spread["dibao"].of("_kind", homes.head).cast(pa.string()),
                    None,
                )
            ),
        )
    if "hukou_kind" in person:
        said.append(person["hukou_kind"].take(head).cast(pa.string()))
    facts["hh_place_kind"] = _coded(pc.coalesce(*said), catalogue["hh_place_kind"])
    facts["hh_tier"] = _coded(_home_tiers(homes, tier), catalogue["hh_tier"])
    return facts


def _new_members(homes: Homes, hukou: Spread, person: Columns, alive: Array, count: int, on: date) -> pa.Array:
    """The birthday of the youngest child under two who stands in a member's hukou booklet and on no roll of help."""
    born = np.asarray(person["born_on"].cast(pa.int32()).fill_null(0))
    day = (on - date(1970, 1, 1)).days
    young = alive & (homes.source == HOMES.index("hukou")) & (born > day - 730) & (born <= day)
    booklet = np.asarray(hukou["_home"].fill_null(0))
    on_roll = np.flatnonzero((homes.source < HOMES.index("hukou")) & np.isin(booklet, booklet[young]) & hukou.here)
    order = on_roll[np.argsort(booklet[on_roll], kind="stable")]
    children = np.flatnonzero(young)
    first, end = (np.searchsorted(booklet[order], booklet[children], side=side) for side in ("left", "right"))
    newest = np.full(count, -1, np.int32)
    for child, start, stop in zip(children, first, end, strict=True):  # a few in a thousand
        np.maximum.at(newest, homes.m[order[start:stop]], born[child])
    return pa.array(newest, mask=newest < 0)


def _home_tiers(homes: Homes, tier: pa.Array) -> pa.Array:
    """The status of a household: of the roll it is on, else monitored or in other hardship when a member is."""
    count = len(homes.head)
    source = homes.source[homes.head]
    any_member = [
        np.bincount(homes.m, np.asarray(pc.equal(tier, word).fill_null(False)), minlength=count) > 0
        for word in ("monitored", "other")
    ]
    words = np.select(
        [*(source == HOMES.index(code) for code in HOME_ROLLS), *any_member], [*HOME_ROLLS, "monitored", "other"], default=""
    )
    return pa.array(words.astype(object), pa.string(), mask=words == "")


def _first(*choices: np.ma.MaskedArray[Any, Any]) -> np.ma.MaskedArray[Any, Any]:
    """The first that is known."""
    found = choices[0]
    for choice in choices[1:]:
        found = np.ma.where(np.ma.getmaskarray(found), choice, found)
    return found


def _halves_up(amount: np.ma.MaskedArray[Any, Any], by: Any) -> np.ma.MaskedArray[Any, Any]:
    """Whole fen divided, halves up; unknown where there is nothing to divide by."""
    return (amount * 2 + by) // np.ma.masked_equal(np.ma.asarray(2 * by), 0)


def _catalogued(facts: Columns, catalogue: Mapping[str, Fact], subject: str, count: int) -> pa.Table:
    """The columns of the catalogue, in its order and types; NULL for everybody where nothing could be said."""
    columns = {}
    for fact in catalogue.values():
        if fact.subject == subject:
            kind = arrow_type(fact)
            column = facts.get(fact.name)
            columns[fact.name] = pa.nulls(count, kind) if column is None else column.cast(kind)
    return pa.table(columns)
