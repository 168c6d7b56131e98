"""Random households over the fact catalogue, as Python objects and as the views the sweep reads."""

import random
from datetime import date, timedelta

import duckdb
from hypothesis import strategies as st

from doudi.facts.household import Household, Member
from doudi.policy.language.names import Fact

ON = date(2026, 7, 31)
SQL_TYPES = {"flag": "BOOLEAN", "code": "VARCHAR", "count": "INTEGER", "money": "BIGINT", "date": "DATE"}
UNITS = {"years": (0, 1, 15, 16, 17, 18, 59, 60, 69, 70, 80, 200), "grade": (1, 2, 3, 4), "heads": (0, 1, 2, 3, 4, 5)}
MONEY = (0, 1, -1, 99, 100, 101, 20_000, 63_200, 85_000, 189_400, 255_000, 500_000, 1_000_000, 4_337_700, 10**12, -(10**12))
NUMBERS = (0, 1, 2, 3, 4, 6, 1_000_000)
PLACES = ("990101001201", "990113002202")


def values_of(fact: Fact) -> list:
    """Values worth trying for a fact: the edges its rules know, zero, extremes; unknown is added by whoever draws."""
    if fact.type == "flag":
        return [True, False]
    if fact.type == "code":
        return list(fact.codes)
    if fact.type == "money":
        return list(MONEY)
    if fact.type == "count":
        return list(UNITS.get(fact.unit, NUMBERS))
    near = [ON + timedelta(days) for days in (-800, -366, -365, -93, -92, -91, -90, -61, -60, -59, -31, -8, -7, -1, 0, 1, 40)]
    born = [
        date(1901, 1, 1),
        date(1926, 7, 15),
        date(1966, 7, 2),
        date(2008, 7, 31),
        date(2010, 6, 30),
        date(2099, 12, 31),
        date(2024, 2, 29),
    ]
    return near + born


def strategy(facts: dict[str, Fact]) -> st.SearchStrategy[Household]:
    """Households of up to four members, every fact drawn or unknown."""

    def of(subject: str) -> st.SearchStrategy[dict]:
        named = {name: st.none() | st.sampled_from(values_of(fact)) for name, fact in facts.items() if fact.subject == subject}
        return st.fixed_dictionaries(named)

    members = st.lists(of("person"), max_size=4)
    return st.builds(
        lambda facts, people, area: Household("h1", area, facts, tuple(Member(f"p{n}", f) for n, f in enumerate(people))),
        of("household"),
        members,
        st.sampled_from(PLACES),
    )


def households(facts: dict[str, Fact], count: int, seed: int) -> list[Household]:
    """Many households at once; half of each fact is drawn, the rest unknown or usual, so that rules fire often enough."""
    draw = random.Random(seed)
    choices = {name: values_of(fact) for name, fact in facts.items()}

    def one(subject: str, known: float) -> dict:
        return {
            name: draw.choice(choices[name]) if draw.random() < known else None
            for name, fact in facts.items()
            if fact.subject == subject
        }

    made = []
    for number in range(count):
        known = draw.choice((0.3, 0.9, 0.98, 1.0))
        people = tuple(Member(f"p{number}_{n}", one("person", known)) for n in range(draw.choice((0, 1, 1, 2, 3, 5))))
        made.append(Household(f"h{number}", draw.choice(PLACES), one("household", known), people))
    return made


def database(facts: dict[str, Fact], made: list[Household]) -> duckdb.DuckDBPyConnection:
    """The same households as person_facts and household_facts."""
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    for subject, extra in (("person", ("pid", "hid", "area")), ("household", ("hid", "area"))):
        own = [fact for fact in facts.values() if fact.subject == subject]
        columns = [f"{name} VARCHAR" for name in extra] + [f'"{fact.name}" {SQL_TYPES[fact.type]}' for fact in own]
        connection.execute(f"CREATE TABLE {subject}_facts ({', '.join(columns)})")
        if subject == "person":
            rows = [[m.pid, h.hid, h.area, *(m.facts.get(fact.name) for fact in own)] for h in made for m in h.members]
        else:
            rows = [[h.hid, h.area, *(h.facts.get(fact.name) for fact in own)] for h in made]
        if rows:
            import pyarrow as pa

            types = {"flag": pa.bool_(), "code": pa.string(), "count": pa.int32(), "money": pa.int64(), "date": pa.date32()}
            kinds = [pa.string()] * len(extra) + [types[fact.type] for fact in own]
            names = [*extra, *(fact.name for fact in own)]
            table = pa.table({n: pa.array([row[i] for row in rows], kinds[i]) for i, n in enumerate(names)})
            connection.register("incoming", table)
            connection.execute(f"INSERT INTO {subject}_facts SELECT * FROM incoming")
            connection.unregister("incoming")
    return connection
