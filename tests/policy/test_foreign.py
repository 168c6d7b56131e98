"""A benefit of another country, written as a pack. The answers are reckoned here once more, apart from it."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from doudi.facts.household import Household, Member
from doudi.policy import cases, pack
from doudi.policy.assess import assess

ON = date(2026, 1, 15)
MAXIMUM = [298, 546, 785, 994, 1183, 1421, 1571, 1789]
GROSS = [1696, 2292, 2888, 3483, 4079, 4675, 5271, 5867]
NET = [1305, 1763, 2221, 2680, 3138, 3596, 4055, 4513]
MONEY = ("earned_income_month", "unearned_income_month", "dependent_care_month", "medical_cost_month", "shelter_cost_month")


@pytest.fixture(scope="module")
def snap() -> pack.Pack:
    return pack.load(["us_snap"])


def _by_size(table: list[int], more: int, size: int) -> int:
    return table[size - 1] if size <= 8 else table[7] + more * (size - 8)


def _whole(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def reckoned(home: dict[str, object]) -> int | None:
    """The allotment in dollars by the law's own words, None where somebody is over a limit; written apart from the pack."""
    size, aged = int(home["hh_size"]), bool(home["aged"])  # type: ignore[call-overload]
    earned, unearned, care, medical, shelter = (Decimal(str(home[name])) for name in MONEY)
    if not aged and earned + unearned > _by_size(GROSS, 596, size):
        return None
    if Decimal(str(home["resources"])) > (4500 if aged else 3000):
        return None
    income = _whole(earned * 8 / 10) + _whole(unearned)
    standard = 209 if size <= 3 else {4: 223, 5: 261}.get(size, 299)
    after = max(income - standard - _whole(care) - (max(_whole(medical) - 35, 0) if aged else 0), 0)
    excess = max(_whole(shelter) - _whole(Decimal(after) / 2), 0)
    net = max(after - (excess if aged else min(excess, 744)), 0)
    if net > _by_size(NET, 459, size):
        return None
    share = int((Decimal(net) * 3 / 10).quantize(Decimal(1), ROUND_CEILING))
    return max(_by_size(MAXIMUM, 218, size) - share, 24 if size <= 2 else 0)


def made(count: int, seed: int) -> list[dict[str, object]]:
    """Households of every size, with cents, near the limits and far from them."""
    rng = random.Random(seed)
    homes = []
    for number in range(count):
        size = rng.choice([1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 12])
        home: dict[str, object] = {"id": f"h{number}", "hh_size": size, "aged": rng.random() < 0.3}
        scale = _by_size(GROSS, 596, size)
        home["earned_income_month"] = Decimal(rng.choice([0, rng.randrange(scale * 60), rng.randrange(scale * 120)])) / 100
        home["unearned_income_month"] = Decimal(rng.choice([0, rng.randrange(scale * 50)])) / 100
        home["dependent_care_month"] = Decimal(rng.choice([0, 0, rng.randrange(60_000)])) / 100
        home["medical_cost_month"] = Decimal(rng.choice([0, rng.randrange(40_000)])) / 100
        home["shelter_cost_month"] = Decimal(rng.randrange(250_000)) / 100
        home["resources"] = rng.choice([0, 2999, 3000, 3001, 4500, 4501])
        homes.append(home)
    return homes


def test_its_cases_come_out_right(snap: pack.Pack) -> None:
    outcomes = cases.run(snap)
    assert len(outcomes) >= 8
    assert [str(outcome) for outcome in outcomes if not outcome.right] == []


def test_six_hundred_households_as_reckoned_apart(snap: pack.Pack) -> None:
    paid = 0
    for home in made(600, seed=7):
        facts = {name: int(Decimal(str(home[name])) * 100) for name in (*MONEY, "resources")} | {"hh_size": home["hh_size"]}
        members = tuple(
            Member(f"p{n}", {"age": 67 if home["aged"] and n == 0 else 30, "is_disabled": False})
            for n in range(int(home["hh_size"]))  # type: ignore[call-overload]
        )
        answer = assess("snap", Household("h", "", facts, members), ON, "", snap)
        wanted = reckoned(home)
        assert answer.eligible == ("no" if wanted is None else "yes"), home
        assert answer.amount_fen == (None if wanted is None else wanted * 100), home
        paid += wanted is not None
    assert 150 < paid < 550  # both answers came up


def test_by_the_command_a_stranger_would_use(tmp_path: Path) -> None:
    homes = made(300, seed=11)
    table, persons = tmp_path / "homes.csv", tmp_path / "persons.csv"
    with table.open("w", newline="") as file:
        rows = csv.DictWriter(file, ["id", "hh_size", *MONEY, "resources"], extrasaction="ignore")
        rows.writeheader()
        rows.writerows(homes)
    with persons.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["household", "age", "is_disabled"])
        rows.writerows(
            [home["id"], 67 if home["aged"] and n == 0 else 30, "false"] for home in homes for n in range(home["hh_size"])
        )  # type: ignore[call-overload]
    command = [Path(sys.executable).parent / "doudi", "assess", table, "--persons", persons, "--pack", "us_snap",
               "--programme", "snap", "--on", "2026-01-15", "--json"]  # fmt: skip
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, env={"DOUDI_HOME": str(tmp_path / "home")}
    )
    assert done.returncode == 0, done.stderr
    answers = {one["id"]: one for one in json.loads(done.stdout)["households"]}
    for home in homes:
        wanted = reckoned(home)
        assert answers[home["id"]]["eligible"] == ("no" if wanted is None else "yes"), home
        if wanted is not None:
            assert answers[home["id"]]["amount"] == f"{wanted}.00", home


def test_nothing_chinese_is_needed_and_unknown_stays_unknown(snap: pack.Pack) -> None:
    answer = assess("snap", Household("h", "", {"hh_size": 1}, (Member("p", {"age": 30}),)), ON, "", snap)
    assert answer.eligible == "unknown"
    assert {unknown.label for unknown in answer.unknowns} >= {"Gross earned income a month", "Countable resources"}
