"""Scores linking row by row where it is hard: rows without a usable number, with somebody else's, of people with two numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.sample.city.score import Planted, _said

_KEYS = ["dataset", "file", "row_no", "role"]
_SLICES = {
    "without_usable_number": ("N2", "N4", "N6"),
    "number_missing": ("N4",),
    "number_mistyped": ("N2", "N6"),
    "number_of_somebody_else": ("N7",),
    "number_of_nobody_or_somebody": ("N3",),
}


def by_row(planted: Planted, links: pa.Table, pairs: pa.Table) -> dict[str, Any]:
    """Of the rows of a slice: joined to whom they are about, to somebody else, or left alone; and what a person is asked.

    A row is right where it stands with most rows of its person. `found`, of rows with somebody else's number: not joined to that
    number's owner. pairs: kind, dataset, file, row_no, role, entity (offered), other (the entity offered as the same, or null).
    """
    true = planted.rows["person"].to_numpy().astype(np.int64)
    said = _said(planted, links)
    landed = said >= 0
    main_of, person_of = _most(true[landed], said[landed]), _most(said[landed], true[landed])
    right = landed & (said == _looked_up(main_of, true))
    owner = _looked_up(person_of, said)
    wrong = landed & ~right & (owner != true)
    beyond_a_name = _says_more(planted)
    asked, offered_right = _offers(planted, pairs, person_of)
    result: dict[str, Any] = {}
    for name, inside in _inside(planted).items():
        here = inside & landed
        result[name] = _told(here, right, wrong, asked, offered_right)
        if name == "without_usable_number":
            result["without_usable_number_but_more_than_a_name"] = _told(here & beyond_a_name, right, wrong, asked, offered_right)
        if name.startswith("number_of"):
            result[name]["found"] = round(float((here & ~wrong).sum() / max(here.sum(), 1)), 6)
    people = planted.table("persons")
    two = people["second_no"].is_valid().to_numpy()
    whole = np.array([bool(right[true == person].all()) for person in np.flatnonzero(two)])
    proposed = _same(pairs, person_of)
    result["people_with_two_numbers"] = {
        "persons": int(two.sum()),
        "one_record": int(whole.sum()),
        "of_the_rest_proposed": len(np.intersect1d(np.flatnonzero(two)[~whole], proposed["right"])),
    }
    result["for_a_person_to_settle"] = {
        "pairs": len(pairs),
        "share_of_rows": round(len(pairs) / max(int(landed.sum()), 1), 6),
        "same_pairs": proposed["all"],
        "same_pairs_right": len(proposed["right"]),
    }
    return result


def _told(here: np.ndarray, right: np.ndarray, wrong: np.ndarray, asked: np.ndarray, offered_right: np.ndarray) -> dict[str, Any]:
    rows, joined, good = int(here.sum()), int((here & (right | wrong)).sum()), int((here & right).sum())
    review = here & asked & ~right
    return {
        "rows": rows,
        "joined_wrongly": int((here & wrong).sum()),
        "precision": round(good / joined, 6) if joined else None,
        "recall": round(good / rows, 6) if rows else None,
        "to_a_person": round(int(review.sum()) / rows, 6) if rows else None,
        "right_one_offered": round(int((review & offered_right).sum()) / int(review.sum()), 6) if review.any() else None,
    }


def _most(keys: np.ndarray, values: np.ndarray) -> dict[int, int]:
    """For each key the value most of its rows have; the smaller where two are equal."""
    width = int(values.max(initial=0)) + 1
    both, counts = np.unique(keys * width + values, return_counts=True)
    key, value = np.divmod(both, width)
    order = np.lexsort((value, -counts, key))
    first = order[np.concatenate([[True], key[order][1:] != key[order][:-1]])] if len(order) else order
    return dict(zip(key[first].tolist(), value[first].tolist(), strict=True))


def _looked_up(table: dict[int, int], keys: np.ndarray) -> np.ndarray:
    size = max(table, default=0) + 1
    values = np.full(size + 1, -1, np.int64)
    values[np.array([*table], np.int64)] = np.array([*table.values()], np.int64)
    return values[np.where((keys >= 0) & (keys < size), keys, size)]


def _placed(planted: Planted) -> pa.Table:
    return planted.rows.select(_KEYS).append_column("at", pa.array(np.arange(len(planted.rows), dtype=np.int64)))


def _inside(planted: Planted) -> dict[str, np.ndarray]:
    cells = planted.table("cells")
    number = pc.is_in(cells["field"], pa.array(["citizen_no", "spouse_no"]))
    cells = cells.filter(pc.and_(pc.equal(cells["snapshot"], ""), number))
    role = pc.if_else(pc.equal(cells["field"], "spouse_no"), "spouse", "")
    cells = cells.append_column("role", role).select([*_KEYS, "kind"])
    rows, found = _placed(planted), {}
    for name, kinds in _SLICES.items():
        inside = np.zeros(len(rows), bool)
        here = rows.join(cells.filter(pc.is_in(cells["kind"], pa.array(kinds))), _KEYS, join_type="inner")
        inside[here["at"].to_numpy()] = True
        found[name] = inside
    return found


def _says_more(planted: Planted) -> np.ndarray:
    """Rows that say more than a name: all but those of lists by name only whose number is missing."""
    dataset = planted.rows["dataset"]
    name_only = pc.is_in(dataset, pa.array(["court", "custody"])).to_numpy(zero_copy_only=False)
    return ~(name_only & _inside(planted)["number_missing"] | _both_missing(planted))


def _both_missing(planted: Planted) -> np.ndarray:
    """Marriage rows that lack a side's number where no other row of the couple has that number beside the other's."""
    rows, missing = planted.rows, _inside(planted)["number_missing"]
    wed = np.flatnonzero(pc.equal(rows["dataset"], "marriage").to_numpy(zero_copy_only=False))
    keys = [
        f"{file}|{row_no}" for file, row_no in zip(*(rows.take(wed)[one].to_pylist() for one in ("file", "row_no")), strict=True)
    ]
    person, role = rows["person"].to_numpy(), np.array(rows["role"].to_pylist(), object)
    of_row: dict[str, dict[str, int]] = {}
    for key, at in zip(keys, wed.tolist(), strict=True):
        of_row.setdefault(key, {})[role[at]] = at
    couples: dict[tuple[int, int], list[dict[str, int]]] = {}
    for sides in of_row.values():
        if len(sides) == 2:
            couples.setdefault((int(person[sides[""]]), int(person[sides["spouse"]])), []).append(sides)
    homes = planted.table("persons")["household"].to_numpy()
    found = np.zeros(len(rows), bool)
    for (man, woman), several in couples.items():
        for side in ("", "spouse"):
            lacking = [one[side] for one in several if missing[one[side]]]
            if lacking and len(lacking) == len(several) and homes[man] != homes[woman]:
                found[lacking] = True
    return found


def _offers(planted: Planted, pairs: pa.Table, person_of: dict[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Which rows a person is asked about, and for which of them the right person is offered."""
    asked, right = np.zeros(len(planted.rows), bool), np.zeros(len(planted.rows), bool)
    of_rows = pairs.filter(pc.not_equal(pairs["kind"], "same")).select([*_KEYS, "entity"])
    if len(of_rows):
        of_rows = of_rows.set_column(2, "row_no", of_rows["row_no"].cast(pa.int32()))
        joined = _placed(planted).join(of_rows, _KEYS, join_type="inner")
        at = joined["at"].to_numpy()
        asked[at] = True
        right[at] = _looked_up(person_of, joined["entity"].to_numpy().astype(np.int64)) == planted.rows["person"].to_numpy()[at]
    return asked, right


def _same(pairs: pa.Table, person_of: dict[int, int]) -> dict[str, Any]:
    """Of the pairs of people proposed as one, those who are: their true persons."""
    same = pairs.filter(pc.equal(pairs["kind"], "same"))
    one, other = (_looked_up(person_of, same[name].fill_null(-1).to_numpy().astype(np.int64)) for name in ("entity", "other"))
    return {"all": len(same), "right": np.unique(one[one == other])}
