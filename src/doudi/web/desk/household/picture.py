"""A family as a picture: boxes by generation, lines for ties. The lists on the page say the same, and more."""

from __future__ import annotations

from dataclasses import dataclass

from doudi.registry.queries import HomePage, LivingRow

WIDE, HIGH, GAP_X, GAP_Y, COLUMNS = 150, 58, 20, 46, 3
_UP = {"grandparent": -2, "parent": -1, "son": 1, "daughter": 1, "in_law": 1, "grandchild": 2}
_YEARS = 15  # how much older or younger somebody of no named relation is put a row higher or lower


@dataclass(frozen=True, slots=True)
class Box:
    """One person: where the box stands, what is written in it, and how it looks."""

    x: int
    y: int
    name: str
    words: str
    look: str  # head, in, out

    @property
    def middle(self) -> int:
        return self.x + WIDE // 2

    @property
    def name_y(self) -> int:
        return self.y + 25

    @property
    def words_y(self) -> int:
        return self.y + 45


@dataclass(frozen=True, slots=True)
class Line:
    """A tie from one box to another; broken where the proposal does not hold it."""

    x1: int
    y1: int
    x2: int
    y2: int
    holds: bool


@dataclass(frozen=True, slots=True)
class Picture:
    wide: int
    high: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    says: str


def draw(home: HomePage) -> Picture | None:
    """The family as a picture, or None where there is nobody to draw."""
    if not home.people:
        return None
    head_age = next((one.age for one in home.people if one.pid == home.head), None)
    rows: dict[int, list[LivingRow]] = {}
    for one in home.people:
        rows.setdefault(_generation(one, home.head, head_age), []).append(one)
    boxes: dict[str, Box] = {}
    y = GAP_Y // 2
    for generation in sorted(rows):
        people = rows[generation]
        for first in range(0, len(people), COLUMNS):
            some = people[first : first + COLUMNS]
            at_head = next((at for at, one in enumerate(some) if one.pid == home.head), None)
            if at_head is not None and len(some) == COLUMNS:  # in the middle, so that no line runs through another's box
                some.insert(1, some.pop(at_head))
            margin = (COLUMNS - len(some)) * (WIDE + GAP_X) // 2
            for at, one in enumerate(some):
                look = "head" if one.pid == home.head else "in" if one.counted else "out"
                age = "" if one.age is None else f"{one.age} 岁"
                told = one.relation if one.counted else "不算"
                words = " · ".join(word for word in (told, age) if word)
                boxes[one.pid] = Box(GAP_X + margin + at * (WIDE + GAP_X), y, one.name, words, look)
            y += HIGH + GAP_Y
    pairs: dict[tuple[str, str], bool] = {}
    for tie in home.ties:
        if tie.a in boxes and tie.b in boxes and tie.kind != "address":
            pair = (min(tie.a, tie.b), max(tie.a, tie.b))
            pairs[pair] = pairs.get(pair, False) or (tie.holds and "out" not in (boxes[tie.a].look, boxes[tie.b].look))
    lines = tuple(_line(boxes[a], boxes[b], holds) for (a, b), holds in sorted(pairs.items()))
    counted = [one.name for one in home.members]
    says = f"图：{'、'.join(counted)}算一家，共 {len(counted)} 口人"
    if home.left_out:
        says += f"；{'、'.join(one.name for one in home.left_out)}不算。下面的表里写着同样的内容"
    return Picture(2 * GAP_X + COLUMNS * WIDE + (COLUMNS - 1) * GAP_X, y - GAP_Y // 2, tuple(boxes.values()), lines, says)


def _generation(one: LivingRow, head: str, head_age: int | None) -> int:
    if one.pid == head:
        return 0
    if one.relation_code in _UP:
        return _UP[one.relation_code]
    if one.relation_code or one.age is None or head_age is None:
        return 0
    older = one.age - head_age
    return -1 if older > _YEARS else 1 if older < -_YEARS else 0


def _line(one: Box, other: Box, holds: bool) -> Line:
    if one.y == other.y:
        left, right = (one, other) if one.x < other.x else (other, one)
        return Line(left.x + WIDE, left.y + HIGH // 2, right.x, right.y + HIGH // 2, holds)
    upper, lower = (one, other) if one.y < other.y else (other, one)
    return Line(upper.middle, upper.y + HIGH, lower.middle, lower.y, holds)
