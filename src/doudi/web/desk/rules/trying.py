"""A change tried on last month's data, in numbers small enough to name nobody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from doudi.monitoring import queries as monitoring
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.policy.language.errors import RuleError
from doudi.policy.pack import Pack
from doudi.rulebook import queries
from doudi.rulebook.core import browse
from doudi.web.desk.rules.browse import law

GROUPS = {"township": "乡镇（街道）", "sex": "性别", "age": "年龄", "disabled": "残疾"}
DISABLED = {"yes": "持残疾人证", "no": "没有", "": "不知道"}


def preview(request: HttpRequest, found: queries.ChangeRow, at: datetime) -> dict[str, Any]:
    """Whom the change would find and lose on the last published cycle; the look is noted."""
    viewer = request.viewer
    try:
        tried = monitoring.preview(found.ref, viewer)
    except (NotAllowed, RuleError, monitoring.NotPublished) as why:
        return {"problem": str(why)}
    if tried is None:
        return {"problem": "还没有算过一次，没有数据可以试。请先运行 doudi cycle。"}
    office.look(subject=found.ref, viewer=viewer, at=at, why="试算规则变更", what="会多提醒、少提醒多少家")
    names = time.area_labels([area for one in tried.rules for area in one.groups["township"]])
    pack, _ = law()
    shown = [_compared(one, names, pack, found) for one in tried.rules]
    return {
        "on": tried.judged_on,
        "rules": [one for one in shown if one["changes"]],
        "same": [one for one in shown if not one["changes"]],
        "few": monitoring.FEWEST,
    }


def _compared(one: Any, places: dict[str, str], pack: Pack, found: queries.ChangeRow) -> dict[str, Any]:
    versions = browse.versions(pack, one.code)
    labels = {"township": places, "sex": pack.names.facts["sex"].codes, "age": {}, "disabled": DISABLED}
    groups = []
    for name, label in GROUPS.items():
        told = [monitoring.told({key: pair[side] for key, pair in one.groups[name].items()}) for side in (0, 1)]
        rows = [
            {"label": labels[name].get(key) or key or "不知道", "gained": told[0][key], "lost": told[1][key]}
            for key in one.groups[name]
        ]
        groups.append({"label": label, "rows": rows})
    before, after, gained, lost = (
        None if 0 < number < monitoring.FEWEST else number for number in (one.before, one.after, one.gained, one.lost)
    )
    few = None in (before, after, gained, lost)  # one hidden number could be reckoned from the others
    return {
        "code": one.code,
        "label": versions[0].label if versions else found.what.get("label", ""),
        "what": "户" if one.subject == "household" else "人",
        "changes": bool(one.gained or one.lost or one.cost_before != one.cost_after),
        "money": one.cost_before is not None,
        "before": before,
        "after": None if few else after,
        "cost": None if few or one.cost_before is None else (one.cost_before, one.cost_after, one.cost_after - one.cost_before),
        "gained": gained,
        "lost": lost,
        "groups": groups if gained or lost else [],
        "gained_names": _named(one.gained_names, places) if gained else [],
        "lost_names": _named(one.lost_names, places) if lost else [],
    }


def _named(names: Any, places: dict[str, str]) -> list[str]:
    return [f"{name}（{places.get(area[:9], area[:9])}）" for name, area in names]
