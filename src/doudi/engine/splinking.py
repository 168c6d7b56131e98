"""Trains the weights of linking with Splink: u from random pairs, m from rows whose number is good, which need no labels.

Splink learns only; who is joined to whom is weighed by `scoring`, in every cycle, with the weights found here. Nothing else
imports this module, for Splink takes a second to import.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from splink import DuckDBAPI, Linker, SettingsCreator

from doudi.engine import scoring
from doudi.engine.contract import Contract
from doudi.engine.linkage import LINE, Landed, Role, born_of, particulars, rows_table, source
from doudi.engine.names import plain_sql
from doudi.engine.sql import name_of, quote
from doudi.engine.weights import LEVELS, Weights

GOLD = 60_000  # rows with a good number that m is learned from
LEAST = 2_000  # below so many the weights the program comes with are better
PAIRS = 2_000_000  # random pairs that u is learned from
_SEED = 20261129
_SUREST = 0.999999  # a share nobody contradicted is still not certain
_LEARNED = {"name": ("lost", "close", "surname", "other"), "birth": LEVELS["birth"], "place": LEVELS["place"]}


class TooFew(Exception):
    """There are too few rows with a good number to learn from."""


def train(
    con: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    read: Sequence[tuple[str, Role]],
    loads: Mapping[str, Sequence[Landed]],
    households: Mapping[str, str],
    given: Weights,
) -> tuple[Weights, int]:
    """Weights learned from linked data (`register.link` has run on `con`), and from how many gold pairs.

    m and u of names, births and places are Splink's. A number's and a couple's m cannot be seen on rows with a good number and
    stay as given; u of names is counted anew in every cycle.

    :raises TooFew: fewer than LEAST rows have a good number and a person of the register
    """
    _gold(con, contracts, read, loads, households)
    count = (con.execute("SELECT count(*) FROM gold").fetchone() or (0,))[0]
    if count < LEAST:
        raise TooFew(f"只有 {count} 行号码可靠的记录，少于 {LEAST} 行，学不出可靠的权重")
    columns = "unique_id, label, name, sound, blurred, gapped, born, day, area, lives, place"
    con.execute("CREATE OR REPLACE TEMP TABLE splink_rows AS SELECT " + columns + " FROM gold")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE splink_people AS SELECT 'p' || was AS unique_id, k AS label, name, sound, blurred, gapped, "
        f"{born_of('k')} AS born, {scoring.day_of(born_of('k'))} AS day, area::VARCHAR AS area, lives::VARCHAR AS lives, place "
        "FROM placeable"
    )
    api = DuckDBAPI(connection=con)
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[_comparison(name) for name in _LEARNED],
        blocking_rules_to_generate_predictions=["l.label = r.label"],
        retain_intermediate_calculation_columns=False,
    )
    tables = [
        api.register("splink_rows", dataset_display_name="a_rows"),
        api.register("splink_people", dataset_display_name="b_people"),
    ]
    linker = Linker(tables, settings, log_level="ERROR")
    linker.training.estimate_u_using_random_sampling(max_pairs=PAIRS, seed=_SEED)
    linker.training.estimate_m_from_label_column("label")
    return _told(linker.misc.save_model_to_json(), given), count


def _gold(
    con: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    read: Sequence[tuple[str, Role]],
    loads: Mapping[str, Sequence[Landed]],
    households: Mapping[str, str],
) -> None:
    """`gold`: rows of all datasets but the register whose number is good, an equal share of each, as `scoring` compares rows."""
    others = [(code, role) for code, role in read if code != "hukou"]
    each = max(GOLD // max(len(others), 1), 1)
    parts = []
    for code, role in others:
        told = particulars(contracts[code], role)
        place = "NULL::UBIGINT"
        rows = f"{rows_table(code, role)}"
        if code in households and not role.called:  # where the others of the row's household are registered
            column = name_of(households[code])
            place = (
                f"(SELECT min(q.place) FROM {rows} h JOIN placeable q ON q.n = h.n "
                f"WHERE h.{column} = s.{column} AND h.line <> s.at)"
            )
        numbered = (
            f"SELECT *, {LINE} AS at, left({name_of(role.number)}, 17)::BIGINT AS k FROM ({source(loads[code])}) "
            f"WHERE {name_of(role.number)} IS NOT NULL ORDER BY hash(batch, row_no) LIMIT {each}"
        )
        parts.append(
            f"SELECT {quote(code + role.called)} || s.at AS unique_id, k AS label, {plain_sql(told['name'])} AS name, "
            f"{told['born']} AS born, {told['area']} AS area, {place} AS place FROM ({numbered}) s "
            "WHERE k IN (SELECT k FROM placeable)"
        )
    con.execute(f"CREATE OR REPLACE TEMP TABLE gold_said AS {' UNION ALL '.join(parts)}")
    scoring.learn_names(con, "SELECT name FROM gold_said")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE gold AS SELECT unique_id, label, folded AS name, sound, blurred, gapped, born,
            {scoring.day_of("born")} AS day, area, NULL::VARCHAR AS lives, place
        FROM gold_said g LEFT JOIN heard ON heard.name = g.name ORDER BY unique_id"""
    )


def _comparison(name: str) -> Any:
    """A comparison as Splink takes it: the very levels of `scoring`, one after another."""
    sides = {"l": "l", "p": "r"}
    level = re.sub(r"\b([lp])\.(\w+)", lambda found: f'"{found[2]}_{sides[found[1]]}"', scoring.levels(numbers=False)[name])
    found = [levels.CustomLevel(f"({level}) IS NULL", label_for_charts="nothing").configure(is_null_level=True)]
    found += [levels.CustomLevel(f"({level}) = {place}", label_for_charts=key) for place, key in enumerate(LEVELS[name][:-1])]
    return comparisons.CustomComparison([*found, levels.ElseLevel()], output_column_name=name)


def _told(model: dict[str, Any], given: Weights) -> Weights:
    """What Splink learned, laid over what was given; a level nobody showed keeps its given share."""
    m = {name: dict(shares) for name, shares in given.m.items()}
    u = {name: dict(shares) for name, shares in given.u.items()}
    for comparison in model["comparisons"]:
        name = comparison["output_column_name"]
        told = [one for one in comparison["comparison_levels"] if not one.get("is_null_level")]
        for key, one in zip(LEVELS[name], told, strict=True):
            share_m, share_u = one.get("m_probability"), one.get("u_probability")
            if isinstance(share_m, float) and share_m > 0:
                m[name][key] = min(share_m, _SUREST)
            if isinstance(share_u, float) and share_u > 0 and key in _LEARNED[name]:
                u[name][key] = min(share_u, _SUREST)
    return Weights(m, u, given.prior, given.threshold)
