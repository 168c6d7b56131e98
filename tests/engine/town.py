"""A dozen people in a few departments' lists: enough for rules to find something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from doudi.engine.lake import Lake

from .landed import OTHER_VILLAGE, VILLAGE, Load, land, no, person

LIU, CHEN, BAO, ZHOU = no("19550505", 11), no("19580808", 22), no("20140228", 13), no("19600109", 31)
ROLL = {"area_code": VILLAGE, "from_date": date(2025, 1, 1)}
HUKOU = [
    person("刘大山", "19550505", 11, "B1"),
    person("陈秀兰", "19580808", 22, "B1", "spouse"),
    person("刘小宝", "20140228", 13, "B1", "grandchild"),
    person("周德顺", "19600109", 31, "B2", area_code=OTHER_VILLAGE),
    *(person(f"吴{name}", f"19{60 + at}0303", 41 + 2 * at, f"B{3 + at // 2}") for at, name in enumerate("一二三四五六七八")),
]
TOWN: dict[str, Sequence[Mapping[str, Any]]] = {
    "hukou": HUKOU,
    "dibao": [
        {"case_no": "D1", "household_no": "H1", "citizen_no": number, "name": name, "relation": relation, "kind": "rural",
         "single": False, "amount_month": 60000, "income_month": 40000, **ROLL}
        for number, name, relation in ((LIU, "刘大山", "self"), (CHEN, "陈秀兰", "spouse"), (BAO, "刘小宝", "grandchild"))
    ],
    "tekun": [{"case_no": "T1", "citizen_no": ZHOU, "name": "周德顺", "care_grade": "none", "support_form": "home", **ROLL}],
    "disability_certificate": [
        {"certificate_no": f"{number}{kind}{grade}", "citizen_no": number, "name": name, "disability_kind": str(kind),
         "grade": str(grade), "status": "valid", "issued_date": date(2026, 6, 1)}
        for number, name, kind, grade in ((LIU, "刘大山", 4, 1), (CHEN, "陈秀兰", 1, 2), (ZHOU, "周德顺", 4, 1))
    ],
    "disability_subsidy": [{"citizen_no": LIU, "name": "刘大山", "living": False, "nursing": False, **ROLL}],
    "disaster": [{"citizen_no": CHEN, "name": "陈秀兰", "event": "火灾", "event_date": date(2026, 6, 11), "loss": 900000}],
    "death": [{"citizen_no": ZHOU, "name": "周德顺", "death_date": date(2026, 2, 1)}],
    "vehicle": [{"citizen_no": LIU, "name": "刘大山", "plate": "A1", "class": "car",
                 "first_registered": date(2026, 6, 1), "status": "normal"}],
    "court": [{"case_no": "C1", "name": "刘大山", "kind": "missing", "ruling_date": date(2026, 1, 1)}],
}  # fmt: skip


def town(lake: Lake, **more: Sequence[Mapping[str, Any]]) -> list[Load]:
    """The town's loads; datasets given by name stand in for the town's own."""
    return [land(lake, dataset, rows) for dataset, rows in (TOWN | more).items()]
