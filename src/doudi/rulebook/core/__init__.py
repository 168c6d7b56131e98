"""A change of the law and its road: who may set what for which place, and how it moves from a draft to the day it starts."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from doudi.office.core import NotAllowed
from doudi.policy.parameters import LEVELS, Parameter, place_of

LEVEL_LABELS = {"nation": "国家", "province": "省里", "city": "市里", "county": "县里"}


class Kind(StrEnum):
    """What a change changes."""

    VALUE = "value"  # a number a place sets
    TUNE = "tune"  # the weight, threshold, level or switch of a warning
    INDICATOR = "indicator"  # a warning of the place's own
    UNDO = "undo"  # an earlier change stops counting

    @property
    def label(self) -> str:
        return {"value": "改数", "tune": "调预警", "indicator": "写预警", "undo": "撤回"}[self.value]


class State(StrEnum):
    """Where a change stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return {"draft": "草稿", "proposed": "等审批", "approved": "批了", "rejected": "没批", "withdrawn": "收回了"}[self.value]


MOVES: dict[tuple[State, str], State] = {
    (State.DRAFT, "edit"): State.DRAFT,
    (State.DRAFT, "propose"): State.PROPOSED,
    (State.DRAFT, "withdraw"): State.WITHDRAWN,
    (State.PROPOSED, "approve"): State.APPROVED,
    (State.PROPOSED, "reject"): State.REJECTED,
    (State.PROPOSED, "withdraw"): State.WITHDRAWN,
}
_CANNOT = {
    "edit": "只有草稿能改。",
    "propose": "只有草稿能提交。",
    "approve": "这条不在等审批，不能批。",
    "reject": "这条不在等审批。",
    "withdraw": "这条已经有结果了，收不回来。批了的请写一条撤回。",
}


def move(state: str, act: str) -> State:
    """Where an act takes a change.

    :raises NotAllowed: the act does not fit the state, in words for the person
    """
    found = MOVES.get((State(state), act))
    if found is None:
        raise NotAllowed(_CANNOT[act])
    return found


def level_of(place: str) -> str:
    """Whose word a place is: nation, province, city or county.

    :raises NotAllowed: no place of these
    """
    size = len(place_of(place)) if not place or place.isdigit() else -1
    for level, digits in LEVELS.items():
        if size == digits:
            return level
    raise NotAllowed("改规则要选一个县、市或者省。")


def check_setter(parameter: Parameter, place: str) -> None:
    """Stop a place that may not set this number; say who may.

    :raises NotAllowed: with who sets it
    """
    level = level_of(place)
    if level in parameter.set_by:
        return
    who = "、".join(LEVEL_LABELS[one] for one in parameter.set_by)
    raise NotAllowed(f"“{parameter.kind.label or parameter.kind.name}”由{who}来定，{LEVEL_LABELS[level]}不能定。请报给{who}。")


def value_of(what: dict[str, Any]) -> Any:
    """The number a change sets, as TOML holds it; the database keeps days as text."""
    return date.fromisoformat(what["is"]) if what.get("type") == "date" else what["is"]
