"""From rows joined to people to facts: what each dataset says about one person, one row a person and dataset."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from doudi.engine.contract import Contract
from doudi.engine.linkage import roles, rows_table
from doudi.engine.sql import name_of, quote
from doudi.policy.language.names import Fact

TYPES = {"flag": "BOOLEAN", "count": "INTEGER", "money": "BIGINT", "date": "DATE"}

# Beside its facts a roll says where somebody is helped and with whom: what the register is built from.
HOUSEHOLD_COLUMN = {
    "hukou": "booklet_no",
    "dibao": "household_no",
    "near_dibao": "household_no",
    "rigid_expenditure": "household_no",
    "monitored": "household_no",
}
REGISTER_COLUMNS = {
    "hukou": ("name", "sex", "birth_date", "booklet_no", "relation", "area_code"),
    "dibao": ("household_no", "relation", "area_code", "kind", "amount_month", "income_month", "from_date", "single"),
    "tekun": ("area_code",),
    "near_dibao": ("household_no", "relation", "area_code", "income_per_head", "from_date"),
    "rigid_expenditure": ("household_no", "relation", "area_code", "outlay_year", "income_year", "from_date"),
    "old_age_allowance": ("birth_date",),
    "child_benefit": ("birth_date",),
}


@dataclass(frozen=True)
class Summary:
    """What a dataset says about one person."""

    facts: Mapping[str, str]
    absent: Mapping[str, str]
    given: Mapping[str, str]
    several: Mapping[str, str]
    one: str

    @property
    def words(self) -> set[str]:
        """Every word its expressions use, columns among them."""
        told = (*self.facts.values(), *self.given.values(), *self.several.values(), self.one)
        return _words(" ".join(told))


@cache
def summaries() -> Mapping[str, Summary]:
    """What every dataset says, from summaries.toml."""
    with (Path(__file__).parent / "summaries.toml").open("rb") as file:
        raw: dict[str, Any] = tomllib.load(file)
    return {
        dataset: Summary(*(told.get(part, {}) for part in ("fact", "absent", "given", "several")), told.get("one", ""))
        for dataset, told in raw.items()
    }


def _words(sql: str) -> set[str]:
    return set(re.findall(r"\b[a-z_]+\b", re.sub(r"'[^']*'", "", sql)))


def columns_of(fact: str, contracts: Mapping[str, Contract]) -> dict[str, list[str]]:
    """The columns a person fact is worked out from, by dataset; empty where the register works it out itself."""
    found = {}
    for dataset, summary in summaries().items():
        if fact in summary.facts and dataset in contracts:
            words = _words(" ".join((summary.facts[fact], summary.several.get(fact, ""), *summary.given.values())))
            found[dataset] = [column.name for column in contracts[dataset].columns if column.name in words]
    return found


def keep(contract: Contract) -> list[str]:
    """The columns of a dataset that facts and register need."""
    summary = summaries().get(contract.code)
    used = set(REGISTER_COLUMNS.get(contract.code, ())) | {HOUSEHOLD_COLUMN.get(contract.code, "")}
    if summary is not None:
        used |= summary.words
    return [column.name for column in contract.columns if column.name in used]


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Define what the expressions of summaries.toml lean on."""
    con.execute(
        "CREATE OR REPLACE MACRO any_of(x) AS CASE WHEN bool_or(x) THEN true WHEN bool_or(x IS NULL) THEN NULL ELSE false END"
    )


def summarise(con: duckdb.DuckDBPyConnection, contract: Contract, catalogue: Mapping[str, Fact], on: date) -> pa.Table:
    """Sum one dataset up: one row a person (n), its facts typed as the catalogue says, and as _column what the register needs.

    The last row, of nobody (n is NULL), says what holds for people who are not in the dataset.
    """
    summary = summaries().get(contract.code) or Summary({}, {}, {}, {}, "")
    tables = [rows_table(contract.code, role) for role in roles(contract)]
    rows = " UNION ALL BY NAME ".join(f"SELECT * FROM {table}" for table in tables)
    columns = {fact: _typed(catalogue.get(fact), sql) for fact, sql in summary.facts.items()}
    register = REGISTER_COLUMNS.get(contract.code, ())
    given = "".join(f", {sql} AS {name}" for name, sql in summary.given.items())
    if summary.given:
        rows = f"SELECT *{given} FROM ({rows})"
    if summary.one:
        columns |= {f"_{column}": name_of(column) for column in register}
        if contract.code in HOUSEHOLD_COLUMN:
            columns["_home"] = f"hash({quote(contract.code)} || {HOUSEHOLD_COLUMN[contract.code]})"
        several = f"SELECT n FROM {tables[0]} GROUP BY n HAVING count(*) > 1"
        ranked = f"SELECT line, row_number() OVER (PARTITION BY n ORDER BY {summary.one}, line) AS turn FROM {tables[0]}"
        where = f"WHERE line NOT IN (SELECT line FROM ({ranked} WHERE n IN ({several})) WHERE turn > 1)"
        if summary.several:
            together = ", ".join(f"{sql} AS several_{fact}" for fact, sql in summary.several.items())
            of_several = f"SELECT n, {together} FROM {tables[0]} WHERE n IN ({several}) GROUP BY n"
            rows = f"SELECT * FROM ({rows}) LEFT JOIN ({of_several}) USING (n)"
            columns |= {
                fact: _typed(catalogue.get(fact), f"coalesce(several_{fact}, {summary.facts[fact]})") for fact in summary.several
            }
    else:
        columns |= {f"_{column}": f"min({name_of(column)})" for column in register}
        where = "GROUP BY n"
    told = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
    absent = ", ".join(f"{_typed(catalogue.get(name), summary.absent.get(name, 'NULL'))} AS {name}" for name in columns)
    sql = f"SELECT n{', ' if told else ''}{told} FROM ({rows}) {where} UNION ALL SELECT NULL{', ' if absent else ''}{absent}"
    return con.sql(
        sql.replace("$on", f"DATE '{on}'").replace("$year_ago", f"(DATE '{on}' - INTERVAL 12 MONTH)::DATE")
    ).to_arrow_table()


def arrow_type(fact: Fact) -> pa.DataType:
    """The Arrow type of a fact."""
    plain = {"flag": pa.bool_(), "count": pa.int32(), "money": pa.int64(), "date": pa.date32()}
    return plain.get(fact.type) or pa.dictionary(pa.uint8(), pa.string())


def _typed(fact: Fact | None, sql: str) -> str:
    return sql if fact is None else f"({sql})::{_duck_type(fact)}"


def _duck_type(fact: Fact) -> str:
    # a code is an enumeration of the catalogue's codes, so an unknown one cannot slip in
    return f"ENUM({', '.join(map(quote, fact.codes))})" if fact.type == "code" else TYPES[fact.type]
