"""Numbers and tables the place sets for what a case goes through, as they count on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doudi.casework import core
from doudi.rulebook import queries as rulebook


@dataclass(frozen=True, slots=True)
class Board:
    """What a village's board says of a programme. Nothing the place has not said is shown, but that the name is masked."""

    masked: bool
    members: bool
    amount: bool
    published: bool  # once confirmed, while help is in force (D57 Art. 24)


def board(programme: str, area: str, on: date) -> Board:
    """What the board of a place says of a programme on a day."""
    there = rulebook.pack().parameters_at(area, on)
    return Board(
        masked=there.get(f"publicity_name_masked:{programme}") is not False,
        members=there.get(f"publicity_members:{programme}") is True,
        amount=there.get(f"publicity_amount:{programme}") is True,
        published=there.get(f"publication_shown:{programme}") is True,
    )


def _number(name: str, area: str, on: date, least: int) -> int:
    """A number the place sets; never below what the act needs to mean anything, whatever is set."""
    value = rulebook.pack().parameters_at(area, on).get(name)
    return max(value, least) if isinstance(value, int) else least


def objection_answer_wd(area: str, on: date) -> int:
    """Working days in which an objection to a showing is answered (T43 Art. 15)."""
    return _number("objection_answer_wd", area, on, 1)


def inquiry_answer_wd(area: str, on: date) -> int:
    """Working days a letter of inquiry is waited for."""
    return _number("inquiry_answer_wd", area, on, 1)


def appraisal_quorum(area: str, on: date) -> int:
    """How many have to be there for an appraisal to say anything."""
    return _number("appraisal_quorum", area, on, 3)


def consultation_quorum(area: str, on: date) -> int:
    """How many have to take part in a county's consultation (R2024 Art. 9)."""
    return _number("consultation_quorum", area, on, 2)


def precedent_review_months(area: str, on: date) -> int:
    """After how many months a consultation is looked at again."""
    return _number("precedent_review_months", area, on, 1)


def alike_least(area: str, on: date) -> int:
    """Below how many like cases none is shown: in a small number anybody recognises the family."""
    return _number("alike_cases_least", area, on, 5)


def township_confirms(programme: str, area: str, on: date) -> bool:
    """Whether the province lets the township confirm a programme (LAW Art. 44); unknown is the county."""
    name = core.road(programme).township_if
    return bool(name) and rulebook.pack().parameters_at(area, on).get(name) is True


def small_ceiling(programme: str, area: str, on: date) -> int | None:
    """Up to how many fen at once the township decides by itself (TA2018 2(2)); None where nobody said."""
    name = core.road(programme).small
    value = rulebook.pack().parameters_at(area, on).get(name) if name else None
    return value if isinstance(value, int) else None


def valid_months(programme: str, area: str, on: date) -> int | None:
    """For how many months a recognition holds, then it is asked for again (R2024 Art. 10: at most 12); None: until changed."""
    name = core.road(programme).valid
    return min(_number(name, area, on, 1), 12) if name else None


def drawn_of(count: int, area: str, on: date) -> int:
    """How many of so many cases the county looks at itself: the place's share, never under 30 %, rounded up (T43 Art. 16)."""
    pack = rulebook.pack()
    scale = pack.parameters["tekun_random_check_share"].kind.scale
    share = pack.parameters_at(area, on).get("tekun_random_check_share")
    least = 3 * scale // 10
    share = max(share, least) if isinstance(share, int) else scale  # nobody said: all of them
    return -(-count * share // scale)
