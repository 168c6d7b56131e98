"""Two benefits of nowhere, written from docs/reference/rules.md alone; answers reckoned another way are the same."""

from __future__ import annotations

import csv
import json
import random
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from doudi.config.cli import cli

CHILDREN = {
    "pack.toml": """
name = "nordmark"
label = "Nordmark"
[money]
code = "NMK"
unit = "mark"
decimals = 2
""",
    "facts.toml": """
[[fact]]
name = "years"
subject = "person"
type = "count"
unit = "years"
label = "Age"
[[fact]]
name = "at_school"
subject = "person"
type = "flag"
label = "At school"
[[fact]]
name = "gross_year"
subject = "household"
type = "money"
label = "Gross income of the year"
[[fact]]
name = "lone_parent"
subject = "household"
type = "flag"
label = "Lone parent"
[[fact]]
name = "moved_in"
subject = "household"
type = "date"
label = "Lives here since"
""",
    "benefit.toml": '''
[[parameter]]
name = "per_child"
type = "money"
label = "Monthly amount by number of children"
by = "count(years < 18 or (years < 21 and at_school))"
[[value]]
parameter = "per_child"
from = 2025-01-01
is = { 0 = 0, 1 = "219.50", 2 = 450, 3 = 700, more = "275.25" }
[[parameter]]
name = "lone_top_up"
type = "ratio"
label = "Top-up for lone parents"
[[value]]
parameter = "lone_top_up"
from = 2025-01-01
is = 0.125
[[parameter]]
name = "ceiling"
type = "money"
label = "Income up to which it is paid in full"
[[value]]
parameter = "ceiling"
from = 2025-01-01
is = 60000

[[programme]]
code = "child_benefit"
label = "Child benefit"
unit = "household"
from = 2025-01-01
article = "Child Benefit Act s. 4"
  [[programme.condition]]
  name = "children"
  label = "Children"
  if = "count(years < 18 or (years < 21 and at_school)) >= 1"
  [[programme.condition]]
  name = "resident"
  label = "Resident for six months"
  if = "months_between(moved_in, on) >= 6"
  [[programme.condition]]
  name = "income"
  label = "Income"
  if = "gross_year < P.ceiling * 2"
  [[programme.amount]]
  name = "basic"
  is = "P.per_child"
  [[programme.amount]]
  name = "topped"
  is = "round(case when lone_parent then S.basic * (1 + P.lone_top_up) else S.basic end)"
  [[programme.amount]]
  name = "tapered"
  is = """
    round(greatest(0, S.topped - greatest(0, gross_year - P.ceiling) / 12 * 0.07), money(0.05))
  """
''',
}

RENT = {
    "pack.toml": 'name = "harbour"\nlabel = "Harbour city"\n[money]\ncode = "HKR"\nunit = "kroner"\ndecimals = 0\n',
    "facts.toml": """
[[fact]]
name = "size"
subject = "household"
type = "count"
unit = "heads"
label = "People at home"
[[fact]]
name = "rent"
subject = "household"
type = "money"
label = "Rent of the month"
[[fact]]
name = "income"
subject = "household"
type = "money"
label = "Income of the month"
[[fact]]
name = "tenure"
subject = "household"
type = "code"
label = "Tenure"
codes = { tenant = "rents", owner = "owns", lodger = "lodges" }
""",
    "benefit.toml": """
[[parameter]]
name = "cap"
type = "money"
label = "Highest rent that counts"
by = "size"
[[value]]
parameter = "cap"
is = { 1 = 6200, 2 = 7400, 3 = 8300, 4 = 9100, more = 650 }
[[parameter]]
name = "own_share"
type = "ratio"
label = "Own share of income"
by = "tenure"
[[value]]
parameter = "own_share"
is = { tenant = 0.28, lodger = 0.333333 }

[[programme]]
code = "rent_help"
label = "Rent help"
unit = "household"
from = 2024-07-01
article = "Bylaw 12"
  [[programme.condition]]
  name = "tenure"
  label = "Rents or lodges"
  if = "tenure in ('tenant', 'lodger')"
  [[programme.condition]]
  name = "worth_it"
  label = "At least 100 kroner"
  if = "S.help >= money(100)"
  [[programme.amount]]
  name = "counted"
  is = "least(rent, P.cap)"
  [[programme.amount]]
  name = "help"
  is = "floor(greatest(0, S.counted - income * P.own_share) * 0.8, money(10))"
""",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def table(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def ask(pack: Path, programme: str, homes: Path, *more: object) -> dict[str, Any]:
    words = ["assess", homes, "--pack", pack, "--programme", programme, "--on", "2026-03-15", "--area", "", "--json", *more]
    result = CliRunner().invoke(cli, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


# ---- the same, reckoned another way: plain decimals, unknowns tried by hand ---------------------------------------------


def half_up(amount: Decimal, step: str) -> Decimal:
    return (amount / Decimal(step)).quantize(Decimal(1), ROUND_HALF_UP) * Decimal(step)


def child_benefit(home: dict[str, Any], people: list[dict[str, Any]]) -> tuple[str, str | None]:
    """Eligible and amount on 15 March 2026, by trying both values of what is not known of children at school."""
    surely = [one["years"] != "" and (one["years"] < 18 or (one["years"] < 21 and one["at_school"] == "true")) for one in people]
    maybe = [
        one["years"] == "" or (18 <= one["years"] < 21 and one["at_school"] == "") or sure
        for one, sure in zip(people, surely, strict=True)
    ]
    few, many = sum(surely), sum(maybe)
    states = ["yes" if few >= 1 else "unknown" if many >= 1 else "no"]
    states.append("unknown" if home["moved_in"] == "" else "yes" if home["moved_in"] <= "2025-09-15" else "no")
    states.append("unknown" if home["gross_year"] == "" else "yes" if Decimal(home["gross_year"]) < 120000 else "no")
    state = "no" if "no" in states else "unknown" if "unknown" in states else "yes"
    if state != "yes" or few != many or home["lone_parent"] == "":
        return state, None
    basic = {1: Decimal("219.50"), 2: Decimal(450)}.get(few, Decimal(700) + Decimal("275.25") * (few - 3))
    topped = half_up(basic * Decimal("1.125"), "0.01") if home["lone_parent"] == "true" else basic
    over = max(Decimal(0), Decimal(home["gross_year"]) - 60000)
    cut = over * 7 / 1200
    return state, f"{half_up(max(Decimal(0), topped - cut), '0.05'):.2f}"


def rent_help(home: dict[str, Any]) -> tuple[str, str | None]:
    tenure = home["tenure"]
    if tenure == "owner":
        return "no", None
    known = all(home[name] != "" for name in ("size", "rent", "income")) and tenure != ""
    if not known:
        return "unknown", None
    cap = {1: 6200, 2: 7400, 3: 8300}.get(home["size"], 9100 + 650 * (home["size"] - 4))
    share = Decimal("0.28") if tenure == "tenant" else Decimal("0.333333")
    left = max(Decimal(0), min(home["rent"], cap) - home["income"] * share) * Decimal("0.8")
    paid = int(left / 10) * 10
    return ("yes", str(paid)) if paid >= 100 else ("no", None)


# ---- 150 households each ------------------------------------------------------------------------------------------------


def test_child_benefit_by_number_of_children(tmp_path: Path) -> None:
    draw = random.Random(4)
    homes, people, expected = [], [], {}
    for number in range(150):
        home = {
            "id": f"n{number}",
            "gross_year": draw.choice(["", "0", "59999.99", "60000", "60000.01", "75320.55", "119999.99", "120000", "88000"]),
            "lone_parent": draw.choice(["true", "false", "false", ""]),
            "moved_in": draw.choice(["2019-05-01", "2025-09-15", "2025-09-16", "2026-03-15", "", "2020-02-29"]),
        }
        mine = [
            {"household": home["id"], "person": f"n{number}-{n}", "years": draw.choice([0, 3, 17, 18, 20, 21, 40, ""]),
             "at_school": draw.choice(["true", "false", ""])}
            for n in range(draw.choice([1, 2, 3, 4, 6]))
        ]  # fmt: skip
        homes.append(home)
        people += mine
        expected[home["id"]] = child_benefit(home, mine)
    pack = write(tmp_path / "nordmark", CHILDREN)
    answer = ask(pack, "child_benefit", table(tmp_path / "h.csv", homes), "--persons", table(tmp_path / "p.csv", people))
    found = {one["id"]: (one["eligible"], one["amount"]) for one in answer["households"]}
    assert found == expected
    assert len({state for state, _ in found.values()}) == 3 and len({amount for _, amount in found.values()}) > 15


def test_rent_help_with_caps_by_size(tmp_path: Path) -> None:
    draw = random.Random(9)
    homes = [
        {
            "id": number,
            "size": draw.choice([1, 2, 3, 4, 5, 9, ""]),
            "rent": draw.choice([0, 4000, 6200, 6201, 8300, 12000, 15000, ""]),
            "income": draw.choice([0, 999, 9000, 15001, 21500, 40000, ""]),
            "tenure": draw.choice(["tenant", "tenant", "lodger", "owner", ""]),
        }
        for number in range(150)
    ]
    pack = write(tmp_path / "harbour", RENT)
    answer = ask(pack, "rent_help", table(tmp_path / "h.csv", homes))
    found = {one["id"]: (one["eligible"], one["amount"]) for one in answer["households"]}
    assert found == {str(home["id"]): rent_help(home) for home in homes}


def test_every_condition_says_why_and_what_would_settle_it(tmp_path: Path) -> None:
    pack = write(tmp_path / "harbour", RENT)
    homes = table(tmp_path / "h.csv", [{"id": "a", "size": 2, "rent": 7000, "income": "", "tenure": "tenant"}])
    (one,) = ask(pack, "rent_help", homes)["households"]
    assert [(c["name"], c["state"]) for c in one["conditions"]] == [("tenure", "met"), ("worth_it", "unknown")]
    assert [unknown["name"] for unknown in one["unknowns"]] == ["income"] and one["unknowns"][0]["settle"]
    assert all(c["article"] == "Bylaw 12" and c["sentence"] for c in one["conditions"])


def test_a_table_from_a_spreadsheet_of_another_country(tmp_path: Path) -> None:
    pack = write(tmp_path / "harbour", RENT)
    for mark in ";\t":
        path = tmp_path / "h.csv"
        path.write_text(
            f"household{mark}size{mark}rent{mark}income{mark}tenure\n7{mark}2{mark}7,000{mark}0{mark}rents\n", encoding="utf-8"
        )
        (one,) = ask(pack, "rent_help", path)["households"]
        assert (one["id"], one["amount"]) == ("7", "5600")


def test_in_words_with_the_packs_own_money(tmp_path: Path) -> None:
    pack = write(tmp_path / "harbour", RENT)
    homes = table(tmp_path / "h.csv", [{"id": "a", "size": 2, "rent": 7000, "income": 0, "tenure": "tenant"}])
    words = ["assess", str(homes), "--pack", str(pack), "--programme", "all", "--on", "2026-03-15"]
    said = CliRunner().invoke(cli, words).stdout
    assert (
        "够得上，5600 kroner" in said
        and "help：5600 kroner" in said
        and "可以一起领：Rent help，5600 kroner" in said
        and "元" not in said
    )


@pytest.mark.parametrize(
    ("head", "said"), [("home,size", "编号列要叫 id"), ("id,sise", "size（People at home）"), ("size,rent", "没有编号列")]
)
def test_columns_nobody_knows_are_named_with_what_was_meant(tmp_path: Path, head: str, said: str) -> None:
    pack = write(tmp_path / "harbour", RENT)
    (tmp_path / "h.csv").write_text(f"{head}\n1,2\n", encoding="utf-8")
    words = ["assess", str(tmp_path / "h.csv"), "--pack", str(pack), "--programme", "rent_help", "--on", "2026-03-15"]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 2 and said in result.stderr


@pytest.mark.slow
def test_ten_thousand_households_in_seconds(tmp_path: Path) -> None:
    from time import process_time

    pack = write(tmp_path / "harbour", RENT)
    rows = [{"id": n, "size": n % 6 + 1, "rent": 5000 + n, "income": 3 * n, "tenure": "tenant"} for n in range(10_000)]
    homes = table(tmp_path / "h.csv", rows)
    began = process_time()
    answer = ask(pack, "rent_help", homes)
    assert len(answer["households"]) == 10_000 and process_time() - began < 15
