"""Names: surnames by frequency and village, given names by decade and sex; and the ways they are written wrong."""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from doudi.sample.city.plan import Plan, read_toml

COHORTS = ("old", "middle", "young")  # born before 1965, before 1992, later


@cache
def tables() -> dict:
    """The tables of names.toml."""
    return read_toml("names.toml")


@cache
def surnames() -> tuple[np.ndarray, np.ndarray]:
    """Surnames and their shares."""
    found = re.findall(r"([^\d\s]+)(\d+)", tables()["surnames"])
    weights = np.array([float(weight) for _, weight in found])
    return np.array([name for name, _ in found], object), weights / weights.sum()


def family_names(plan: Plan, households: int, village: np.ndarray, villages: int) -> np.ndarray:
    """The surname of each household's head: a quarter of villages have one surname for over half of their people."""
    names, weights = surnames()
    rng = plan.stream("surnames")
    common = rng.choice(len(names), villages, p=weights)
    hold = np.where(rng.random(villages) < 0.25, rng.uniform(0.5, 0.8, villages), rng.uniform(0.03, 0.3, villages))
    drawn = rng.choice(len(names), households, p=weights)
    return np.where(rng.random(households) < hold[village], common[village], drawn)


def given_names(plan: Plan, sex: np.ndarray, year: np.ndarray, family: np.ndarray) -> np.ndarray:
    """Given names; brothers and sisters born before 1985 share a generation character in 12 % of families."""
    rng = plan.stream("given names")
    found = np.empty(len(sex), object)
    cohort = np.where(year < 1965, 0, np.where(year < 1992, 1, 2))
    shared = plan.stream("generation").random(int(family.max()) + 1 if len(family) else 1) < 0.12
    turn = plan.stream("generation character").integers(0, 1000, len(shared))
    for s, letter in ((1, "m"), (2, "f")):
        generation = tables()["generation"][letter]
        for c, name in enumerate(COHORTS):
            at = np.flatnonzero((sex == s) & (cohort == c))
            letters = np.array(list(tables()["given"][letter][name]), object)
            weight = 1 / (np.arange(len(letters)) + 6.0)
            weight /= weight.sum()
            first, second = (letters[rng.choice(len(letters), len(at), p=weight)] for _ in range(2))
            found[at] = np.where(rng.random(len(at)) < tables()["single_given"][name], first, first + second)
            of = family[at]
            alike = shared[of] & (year[at] < 1985)
            signs = np.array(list(generation), object)[turn[of] % len(generation)]
            found[at[alike]] = signs[alike] + second[alike]
    return found


def rare_names(plan: Plan, surname: np.ndarray, given: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Put characters outside GBK into 0.6 % of names, and ethnic names with a dot on 0.9 % of persons.

    Returns full names, who has a rare character, who an ethnic name.
    """
    rng = plan.stream("rare names")
    count = len(given)
    names = surname + given
    order = rng.permutation(count)
    rare, ethnic = np.zeros(count, bool), np.zeros(count, bool)
    rare[order[: plan.scaled(3300, 3)]] = True
    ethnic[order[plan.scaled(3300, 3) :][: plan.scaled(4950, 3)]] = True
    signs = np.array(list(tables()["other"]["rare"]), object)
    at = np.flatnonzero(rare)
    second = np.array([name[1:] for name in given[at]], object)
    names[at] = surname[at] + signs[rng.integers(0, len(signs), len(at))] + second
    at = np.flatnonzero(ethnic)
    heads, tails = (np.array(tables()["other"][part], object) for part in ("ethnic_head", "ethnic_tail"))

    def word() -> np.ndarray:
        return heads[rng.integers(0, len(heads), len(at))] + tails[rng.integers(0, len(tails), len(at))]

    names[at] = word() + "·" + word()
    return names, rare, ethnic


# ---- written wrong ------------------------------------------------------------------------------------------------------


@cache
def _sounding() -> dict[str, str]:
    """Character → the other characters of the tables that sound the same, tone aside."""
    from pypinyin import lazy_pinyin

    letters = sorted(
        {one for sexes in tables()["given"].values() for text in sexes.values() for one in text}
        | set("婕结倩茜雁燕彦岩延颜志智至治致质红洪宏鸿虹英瑛莹盈颖影映平萍苹屏凭琴勤芹秦清青轻卿静敬靖京晶精晴情")
    )
    by_sound: dict[str, list[str]] = {}
    for letter, sound in zip(letters, lazy_pinyin("".join(letters)), strict=True):
        by_sound.setdefault(sound, []).append(letter)
    return {
        letter: "".join(one for one in same if one != letter) for same in by_sound.values() for letter in same if len(same) > 1
    }


def misheard(name: str, turn: int) -> str | None:
    """The name with one given character written by another of the same sound, or one that looks alike; None if there is none."""
    for back in range(len(name) - 1):
        letter = name[len(name) - 1 - back]
        same = _sounding().get(letter, "") + tables()["alike"].get(letter, "")
        if same:
            return name[: len(name) - 1 - back] + same[turn % len(same)] + name[len(name) - back :]
    return None


def variant(name: str, turn: int) -> str:
    """The name with a variant or traditional character; where it has none, a former given name."""
    swapped = [at for at, letter in enumerate(name) if letter in tables()["variants"]]
    if swapped:
        at = swapped[turn % len(swapped)]
        return name[:at] + tables()["variants"][name[at]] + name[at + 1 :]
    letters = tables()["given"]["f" if turn % 2 else "m"]["old"]
    return name[0] + letters[turn % len(letters)] + letters[(turn // 7) % len(letters)]


@cache
def _spelled(letter: str) -> str:
    from pypinyin import lazy_pinyin

    return lazy_pinyin(letter)[0].upper() if lazy_pinyin(letter)[0] != letter else "YAN"


def without_rare(name: str, turn: int) -> str:
    """The name as a system writes it that does not have its character: ?, □, private use, or its sound."""
    for letter in name:
        if letter in tables()["other"]["rare"]:
            return name.replace(letter, ("?", "□", "\ue815", _spelled(letter))[turn % 4])
    return name


def other_form(name: str, turn: int) -> str:
    """The name with a blank inside, another dot, or a title stuck on."""
    if "·" in name:
        return name.replace("·", ("•", "．", "‧")[turn % 3])
    if len(name) == 2 and turn % 3:
        return f"{name[0]}{('　', ' ')[turn % 2]}{name[1]}"
    return name + ("(户主)", "户主", "（本人）", " ")[turn % 4]
