"""How much help closes of what people lack, and what it leaves them of the next 100 yuan they earn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from doudi.engine.everybody import MORE_FEN, UNKNOWN, Answers, Array, Everybody, Reading
from doudi.policy.pack import Pack
from doudi.policy.rules import Programme
from doudi.policy.scenario import pays

RATES = (("反而更多", -1), ("一分不减", 0), ("减 20% 以内", 20), ("减 20%–40%", 40), ("减 40%–60%", 60), ("减 60%–80%", 80),
         ("减 80%–100%", 100), ("减得比挣的多", 1000))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gap:
    """The poverty gap of those whose income is known: what all lack to the standard, before and after help.

    Measured against the standard before any change, so that both sides are held to the same line.
    """

    households: int  # whose income, members and standard are known
    unknown: int
    poor: int  # below the standard on their own income
    gap: int
    left_before: int  # fen still lacking after help by the rules now
    left_after: int
    poor_before: int
    poor_after: int


@dataclass(frozen=True, slots=True)
class Rates:
    """What becomes of the next 100 yuan a household earns: households by how much of it help shrinks."""

    households: int  # whose income is known, whose answers are settled, who are helped before or after earning more
    unknown: int
    bands: tuple[tuple[str, int], ...]
    over_80: int
    over_100: int


def lines(city: Everybody, pack: Pack, on: date) -> tuple[Array, Array]:
    """The standard times the members of each household, and where both are known."""
    parameter = pack.parameters.get("dibao_standard")
    kind, codes = city.coded("hh_place_kind")
    standard = np.full((len(city.areas), len(codes)), -1, np.int64)
    for at, area in enumerate(city.areas):
        setting = parameter.at(area or city.scope, on) if parameter else None
        for place, code in enumerate(codes[:-1]):
            value = setting.value.get(code) if setting and isinstance(setting.value, dict) else setting and setting.value
            standard[at, place] = -1 if value is None else value
    each = standard[city.place, kind]
    members, known = city.members
    return each * members, known & (each >= 0) & (members > 0)


Asked = Sequence[tuple[Programme, Answers, Answers]]


def _of_home(city: Everybody, rule: Programme, answers: Answers) -> Array:
    """What a programme gives each household a month."""
    if rule.subject == "household":
        return answers.amount
    return np.bincount(city.m, answers.amount, minlength=city.households).astype(np.int64)


def gap(city: Everybody, asked: Asked, inside: Array, line: Array, line_known: Array) -> Gap:
    income, known = city.column("hh_income_month")
    told = inside & known & line_known
    paying = [(rule, old, new) for rule, old, new in asked if pays(rule)]
    nothing = np.zeros(city.households, np.int64)
    given = [sum((_of_home(city, rule, pair[at]) for rule, *pair in paying), nothing) for at in (0, 1)]
    own, before, after = (np.maximum(line - income - help_, 0)[told] for help_ in (nothing, *given))
    return Gap(
        households=int(told.sum()),
        unknown=int((inside & ~told).sum()),
        poor=int((own > 0).sum()),
        gap=int(own.sum()),
        left_before=int(before.sum()),
        left_after=int(after.sum()),
        poor_before=int((before > 0).sum()),
        poor_after=int((after > 0).sum()),
    )


def rates(city: Everybody, pack: Pack, rules: Sequence[Programme], on: date, reading: Reading, inside: Array) -> Rates:
    """Ask everybody again as if each household earned 100 yuan a month more.

    A programme that cannot tell, neither now nor with more, gives nothing in both; one that could tell only once is not settled.
    """
    _, known = city.column("hh_income_month")
    change, settled, helped = np.zeros(city.households, np.int64), inside & known, np.zeros(city.households, bool)
    for rule in rules:
        now = pack.programme(rule.code, on)
        if not pays(now):
            continue
        pair = [city.ask(pack, now, on, reading, more=more) for more in (False, True)]
        given = [_of_home(city, now, answers) for answers in pair]
        helped |= (given[0] > 0) | (given[1] > 0)
        if pair[0] is pair[1]:  # it does not look at income: nothing to settle
            continue
        torn = (pair[0].yes & (pair[1].eligible == UNKNOWN)) | (pair[1].yes & (pair[0].eligible == UNKNOWN))
        torn |= pair[0].unpriced | pair[1].unpriced
        settled &= ~torn if now.subject == "household" else ~(np.bincount(city.m[torn], minlength=city.households) > 0)
        change += given[0] - given[1]
    who = settled & helped
    percent = change[who] * 100  # against 100 yuan: fen taken away × 100 ÷ fen earned
    counts = []
    lower = None
    for label, limit in RATES:
        edge = limit * MORE_FEN
        if limit < 0:
            fits = percent < 0
        elif limit == 0:
            fits = percent == 0
        elif limit == 1000:
            fits = percent > 100 * MORE_FEN
        else:
            fits = (percent > (lower or 0)) & (percent <= edge)
        counts.append((label, int(fits.sum())))
        lower = edge if limit > 0 else 0
    return Rates(
        households=int(who.sum()),
        unknown=int((inside & ~settled).sum()),
        bands=tuple(counts),
        over_80=int((percent > 80 * MORE_FEN).sum()),
        over_100=int((percent > 100 * MORE_FEN).sum()),
    )
