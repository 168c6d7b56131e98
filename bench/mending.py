"""A spreadsheet of 300,000 messy rows: how long reading, grouping, previewing and taking in a list of mends takes, and memory."""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from doudi.engine import landing, mending, rejected
from doudi.engine.contract import read_contracts
from doudi.facts.number import check_character

CONTRACTS = read_contracts(Path(mending.__file__).parent.parent / "exchange" / "contracts")
HEADING = (
    "公民身份号码",
    "姓名",
    "村(社区)代码",
    "生活补贴",
    "护理补贴",
    "残疾类别",
    "残疾等级",
    "月金额",
    "银行账号",
    "起始日期",
)
GRADES = ("一级", "二级", "三级", "四级")
TOLD = (
    {"kind": "values", "column": "grade", "map": {f"{word}残": f"{at}" for at, word in enumerate(GRADES, 1)}},
    {"kind": "dates", "column": "from_date", "order": "dmy"},
    {"kind": "strip", "column": "amount_month", "characters": "约左右"},
    {"kind": "values", "column": "living", "map": {"在享": "是", "停": "否"}},
    {"kind": "unit", "column": "amount_month", "factor": "0.01", "over": "5000"},
    {"kind": "clear", "column": "from_date", "reason": "placeholder_date"},
    {"kind": "drop", "totals": True},
)


def rows(count: int, seed: int):
    """Rows of the disability subsidy as an office types them: a third are not as agreed, in seven ways."""
    pick = random.Random(seed)
    for order in range(count):
        body = f"990101{pick.randint(1940, 2010)}{pick.randint(1, 12):02}{pick.randint(1, 28):02}{order % 1000:03}"
        day = f"{pick.randint(2015, 2026)}-{pick.randint(1, 12):02}-{pick.randint(1, 28):02}"
        amount, grade, living = str(pick.choice((80, 100, 120, 160))), pick.choice(GRADES), "是"
        match pick.randint(0, 29):
            case 0 | 1 | 2:
                grade += "残"
            case 3 | 4:
                day = f"{pick.randint(1, 12):02}/{pick.randint(1, 12):02}/2021"
            case 5 | 6:
                amount = f"约{amount}"
            case 7:
                living = pick.choice(("在享", "停"))
            case 8:
                amount = f"{amount}00"
            case 9:
                day = "1900-01-01"
        number, name = body + check_character(body), pick.choice("王李张刘陈杨赵") + pick.choice("伟芳娜敏静丽强磊军洋")
        place, account = f"99010{1 + order % 9}001201", f"62{order:017}"
        yield [number, name, place, living, "否", "肢体", grade, amount, account, day]
    yield ["合计", "", "", "", "", "", "", "99999999", "", ""]


def book(path: Path, count: int) -> None:
    """The rows as a workbook."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("名册")
        sheet.write_row(0, 0, HEADING)
        for at, row in enumerate(rows(count, 1), start=1):
            sheet.write_row(at, 0, row)


def text(path: Path, count: int) -> None:
    """The rows as delimited text."""
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([HEADING, *rows(count, 1)])


def measure(path: Path, folder: Path) -> dict[str, object]:
    """Seconds of each step."""
    contract, took = CONTRACTS["disability_subsidy"], {}

    def timed(name: str, work):
        began = time.perf_counter()
        made = work()
        took[name] = round(time.perf_counter() - began, 2)
        return made

    land = landing.land_book if path.suffix == ".xlsx" else landing.land_csv
    (first,) = timed("land", lambda: land(path, CONTRACTS, folder, file_name=path.name))
    found = timed("group errors", lambda: rejected.groups(first.bad))
    mends = mending.read_mends(TOLD, contract)

    def reading() -> mending.Opened:
        return mending.open_delivery(
            path, contract, CONTRACTS, folder, file_name=path.name, mends=mends, beside=folder / "beside"
        )

    timed("opened the first time", reading)
    opened = timed("opened again", reading)
    timed("one mend, previewed", lambda: mending.land(opened, mends[:1], folder))
    second, changes = timed("all mends, previewed", lambda: mending.land(opened, mends, folder))
    took["preview on the page"] = round(took["opened again"] + took["all mends, previewed"], 2)
    return {
        "seconds": took,
        "before": {"accepted": first.accepted, "rejected": first.rejected},
        "after": {"accepted": second.accepted, "rejected": second.rejected, "skipped": second.skipped},
        "cells changed": changes.total,
        "groups": len(found),
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=300_000)
    options.add_argument("--kind", choices=("csv", "xlsx"), default="xlsx")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        path = folder / f"disability_subsidy_2026-06-30.{given.kind}"
        (book if given.kind == "xlsx" else text)(path, given.rows)
        sys.stdout.write(
            json.dumps({"rows": given.rows, "kind": given.kind, **measure(path, folder)}, ensure_ascii=False, indent=1) + "\n"
        )


if __name__ == "__main__":
    main()
