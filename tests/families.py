"""One large family in the departments' lists, for tests of proposed households: somebody of each kind the law speaks of."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from doudi.engine import cycle
from doudi.engine.lake import Lake
from doudi.policy import pack
from doudi.registry.gateways import register
from engine.landed import ON, VILLAGE, contracts, land, no, person
from people import pid_of

_REAL = {name: getattr(register, name) for name in ("person", "household_of", "by_number")}

MA, LI, SON, GRANNY, BROTHER, LODGER, EX = (
    no("19760410", 11), no("19780808", 22), no("20050312", 31), no("19460501", 42), no("19810202", 51), no("19700707", 61),
    no("19790909", 82),
)  # fmt: skip
NAMES = {MA: "马建国", LI: "李秀英", SON: "马小军", GRANNY: "郑玉兰", BROTHER: "马建军", LODGER: "钱租客", EX: "孙改嫁"}
ROLL = {"area_code": VILLAGE, "from_date": date(2025, 1, 1), "kind": "rural", "amount_month": 60000, "income_month": 40000}


def pid(number: str) -> str:
    return pid_of(number)


def rows(**more: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """What departments deliver about the family; datasets given by name stand in for the family's own."""
    return {
        "hukou": [
            person("马建国", "19760410", 11, "B1"),
            person("李秀英", "19780808", 22, "B1", "spouse"),
            person("马小军", "20050312", 31, "B1", "son"),
            person("郑玉兰", "19460501", 42, "B1", "parent"),
            person("马建军", "19810202", 51, "B1", "sibling"),
            person("钱租客", "19700707", 61, "B1", "other"),
        ],
        "dibao": [
            {"case_no": "D1", "household_no": "H1", "citizen_no": number, "name": NAMES[number], "relation": relation, **ROLL}
            for number, relation in ((MA, "self"), (LI, "spouse"))
        ],
        "student": [
            {"citizen_no": SON, "name": "马小军", "school": "师范大学", "stage": "bachelor", "term": "2025-2026学年第二学期"}
        ],
        "custody": [{"citizen_no": BROTHER, "name": "马建军", "kind": "prison", "from_date": date(2024, 1, 1)}],
        "marriage": [
            {"certificate_no": "J1", "event": "marriage", "event_date": date(2003, 1, 1), "citizen_no": MA, "name": "马建国",
             "spouse_no": LI, "spouse_name": "李秀英"}
        ],
    } | more  # fmt: skip


def read_the_register(monkeypatch: Any) -> None:
    """The published register is read for real, where the stage of page tests had put an empty one in its place."""
    for name, real in _REAL.items():
        monkeypatch.setattr(register, name, real)


def publish(root: Path, on: date = ON, said: tuple[Any, ...] = (), **more: list[dict[str, Any]]) -> cycle.Cycle:
    """A published cycle of the family."""
    lake = Lake(root)
    loads = [land(lake, dataset, of) for dataset, of in rows(**more).items()]
    return cycle.run(lake, contracts(), loads, pack.load(), on, key=settings.LINKING_KEY, said=said)
