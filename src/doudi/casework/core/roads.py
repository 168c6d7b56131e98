"""The road of each programme: its moves, what each step demands, its limits. Data in roads.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from doudi.casework.core.states import AlreadyDone, Level, State
from doudi.office.core import NotAllowed

FAMILY, CLOCK = "family", "clock"  # who takes a step that no post is needed for
DECIDE, DECIDE_HERE = "case.decide", "case.decide_here"

# What a county decides with, in the journal and in the table of two people: one permit, three moves.
DECISIONS = ("confirm", "return_one", "refuse")


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the table: from these states, by this act, to that state."""

    act: str
    sources: tuple[State, ...]
    target: State
    by: str  # an act of the office's permission table; FAMILY or CLOCK where no post is needed
    label: str
    article: str

    @property
    def permit(self) -> str:
        """The act of the office's table; "" for the family itself or a job."""
        return "" if self.by in (FAMILY, CLOCK) else self.by

    def permit_at(self, level: str) -> str:
        """The permit where this level confirms: a township decides by a permit of its own."""
        return DECIDE_HERE if self.by == DECIDE and level == Level.TOWNSHIP else self.permit


@dataclass(frozen=True, slots=True)
class Demand:
    """What has to be there before an act: `propose`, `confirm`, or `decide` (confirm and refuse)."""

    code: str
    before: str
    label: str
    article: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """A way of dealing with applications: its moves by act, its demands, and the article of each limit."""

    code: str
    label: str
    moves: dict[str, Move]
    demands: tuple[Demand, ...]
    basis: dict[str, str]

    @property
    def shows(self) -> bool:
        """Whether a name stands on the village's board."""
        return any(one.target is State.SHOWN for one in self.moves.values())


@dataclass(frozen=True, slots=True)
class Road:
    """What is particular to one programme. wd: working days."""

    code: str
    label: str
    unit: str  # household | person | child
    procedure: Procedure
    monthly: bool
    review_months: int
    review_months_unsteady: int
    article: str
    clock: dict[str, int]
    one_off: bool = False  # money once, not by the month
    standard: str = ""  # the pack's number beside the amount
    also: tuple[str, ...] = field(default=())  # programmes reckoned beside it
    township_if: str = ""  # the pack's flag by which the township confirms
    small: str = ""  # the pack's sum up to which the township confirms
    valid: str = ""  # the pack's number of months a recognition holds

    @property
    def pays(self) -> bool:
        """Whether there is money in it at all; a recognition alone opens other doors."""
        return self.monthly or self.one_off

    @property
    def shows(self) -> bool:
        return self.procedure.shows

    def helps(self, living: int) -> int:
        """How many people the help is for: those who live together, or one of them where it is a person's or a child's."""
        return living if self.unit == "household" else min(living, 1)

    def demands(self, before: str) -> list[Demand]:
        """What an act demands: the codes it needs, in the order of the table."""
        wanted = (before, "decide") if before in ("confirm", "refuse") else (before,)
        return [one for one in self.procedure.demands if one.before in wanted]


@cache
def _book() -> dict[str, Any]:
    return tomllib.loads(files("doudi.casework").joinpath("roads.toml").read_text())


@cache
def procedures() -> dict[str, Procedure]:
    """Every procedure, by code; one that is `like` another has its moves, demands and limits, except what it says itself."""
    return {code: _procedure(code) for code in _book()["procedure"]}


def _procedure(code: str) -> Procedure:
    row = _book()["procedure"][code]
    like = _procedure(row["like"]) if "like" in row else Procedure(code, "", {}, (), {})
    own = {
        one["act"]: Move(
            one["act"], tuple(State(state) for state in one["from"]), State(one["to"]), one["by"], one["label"], one["article"]
        )
        for one in row.get("move", ())
    }
    left = {act: own.pop(act, line) for act, line in like.moves.items() if act not in row.get("without", ())}
    demands = [one for one in like.demands if one.code not in row.get("without_demands", ())]
    demands += [Demand(**one) for one in row.get("demand", ())]
    return Procedure(code, row["label"], {**left, **own}, tuple(demands), {**like.basis, **row.get("basis", {})})


@cache
def roads() -> dict[str, Road]:
    """Programmes that can be applied for, by code."""
    book, result = _book(), {}
    for code, row in book["road"].items():
        limits = {key: value for key, value in row.items() if key.endswith(("_wd", "_days")) or key == "lawsuit_months"}
        rest = {key: value for key, value in row.items() if key not in limits}
        rest |= {"procedure": procedures()[row["procedure"]], "also": tuple(row.get("also", ()))}
        result[code] = Road(code=code, clock={**book["clock"], **limits}, **rest)
    return result


def road(programme: str) -> Road:
    """The road of a programme.

    :raises NotAllowed: nobody can apply for it here
    """
    if programme not in roads():
        raise NotAllowed(f"这里还不能办“{programme}”。")
    return roads()[programme]


def moves(programme: str) -> dict[str, Move]:
    """The table of moves of a programme, by act."""
    return road(programme).procedure.moves


def move(programme: str, state: State | str, act: str) -> State:
    """Say where an act takes a case of a programme.

    :raises AlreadyDone: the case is already there, or beyond deciding
    :raises NotAllowed: the table has no such line
    """
    line, now = moves(programme).get(act), State(state)
    if line is None:
        raise NotAllowed(f"{road(programme).label}不用“{_label(act)}”这一步。")
    if now in line.sources:
        return line.target
    if now == line.target:
        raise AlreadyDone(f"这一步已经办过了：{now.label}。")
    raise NotAllowed(f"这件现在是“{now.label}”，不能{line.label}。")


def _label(act: str) -> str:
    return next(one.moves[act].label for one in procedures().values() if act in one.moves)


def moves_from(programme: str, state: State | str) -> list[str]:
    """The acts that lead on from a state, in the order of the table."""
    return [act for act, line in moves(programme).items() if State(state) in line.sources]
