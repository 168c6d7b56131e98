"""A column added to a contract later: loads landed before it stay as they were told, and are measured all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from doudi.engine import quality
from doudi.engine.contract import Column, Contract
from doudi.exchange.queries import contracts

from .landed import Load
from .unit_city import judged

pytestmark = pytest.mark.slow


def later(contract: Contract) -> Contract:
    added = (Column("added_sum", "后来加的金额", "money"), Column("added_text", "后来加的字", "text"))
    return replace(contract, columns=(*contract.columns, *added))


def test_a_load_from_before_a_column_is_measured_and_compared_as_before() -> None:
    lake, made = judged()
    one = next(told for told in made.manifest["inputs"] if told["dataset"] == "insurance")
    load = Load(one["dataset"], one["batch"], lake.object(one["object"]), date.fromisoformat(one["as_of"]))
    now = contracts()["insurance"]

    assert quality.measure(load.object, later(now)) == quality.measure(load.object, now)
    before = quality.agreement(lake, made, {"insurance": now}, [load])
    after = quality.agreement(lake, made, {"insurance": later(now)}, [load])
    assert before[load.batch].compared and after[load.batch].compared == before[load.batch].compared
    assert after[load.batch].differ == before[load.batch].differ
