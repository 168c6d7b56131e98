"""Which help to ask for: what is proposed to somebody who knows no programme by name, and why, in their words."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Suggests:
    """When a programme is proposed. `tier`: of the same ladder only the first that fits; 0: beside all others."""

    code: str
    tier: int
    hints: frozenset[str]
    tells: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A programme one may ask for. `key`: code, or code:pid for another of the household; `leans`: yes | unknown | no.

    `is_proposed` is what doudi would ask for; the person ticks more or fewer. A no is shown as "perhaps not", never refused.
    """

    key: str
    code: str
    recipient: str
    leans: str
    is_proposed: bool
    tells: str


@cache
def book() -> dict[str, Suggests]:
    """Every programme that can be proposed, in the order in which it is asked."""
    rows = tomllib.loads(files("doudi.casework").joinpath("proposing.toml").read_text())["programme"]
    return {code: Suggests(code, row["tier"], frozenset(row["hints"]), row["tells"]) for code, row in rows.items()}


def proposals(
    answers: Mapping[tuple[str, str], str], hardships: Collection[str], *, always: Collection[str] = ()
) -> list[Proposal]:
    """What to propose, from the rules' answers for each programme and recipient ("" is the applicant), and from what hurts.

    Of a ladder the first yes is proposed; while none is a yes, the first that cannot be told yet and is hinted at. Beside it,
    each yes and each hinted unknown. An unknown is never a no, and somebody who says what hurts is always proposed something.

    :param always: programmes proposed whatever the rules say: a clerk's or the door's
    """
    chosen: set[tuple[str, str]] = set()
    ladder = [one for one in book().values() if one.tier]
    for wanted in ("yes", "unknown"):
        fits = [
            (one.code, who)
            for one in sorted(ladder, key=lambda one: one.tier)
            for who in _whom(answers, one.code)
            if answers[one.code, who] == wanted and (wanted == "yes" or one.hints & set(hardships))
        ]
        if fits:
            chosen.add(fits[0])
            break
    for one in book().values():
        for who in _whom(answers, one.code):
            leans = answers[one.code, who]
            beside = not one.tier and (leans == "yes" or (leans == "unknown" and one.hints & set(hardships)))
            if beside or one.code in always:
                chosen.add((one.code, who))
    if not chosen:  # whatever the rules lean to, who asks is heard
        first = next((one.code for one in book().values() if one.hints & set(hardships) and (one.code, "") in answers), "dibao")
        chosen.add((first, ""))
    return [
        Proposal(f"{code}:{who}" if who else code, code, who, answers[code, who], (code, who) in chosen, book()[code].tells)
        for code, who in sorted(answers, key=lambda one: (list(book()).index(one[0]), one[1]))
    ]


def _whom(answers: Mapping[tuple[str, str], str], code: str) -> list[str]:
    return sorted(who for of, who in answers if of == code)
