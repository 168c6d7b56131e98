"""Help doudi itself gives, as the rules ask about it: known from our own books, so that nobody types it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from doudi.casework.core.calculation import Value
from doudi.casework.core.roads import road
from doudi.facts.money import spoken

OUR_BOOKS = "本系统的救助账"  # the source, as it is named beside a difference and in the table
KIND = "books"  # the kind of difference, in comparing.toml

# programme → what is true of whom it is for, by the catalogue of facts
FLAGS: dict[str, dict[str, Value]] = {
    "dibao": {"on_dibao": True, "on_single_dibao": False},
    "single_person_dibao": {"on_dibao": True, "on_single_dibao": True},
    "near_dibao": {"on_near_dibao": True},
    "rigid_expenditure": {"on_rigid": True},
    "tekun": {"on_tekun": True},
    "disability_living": {"on_living_subsidy": True},
    "disability_nursing": {"on_nursing_subsidy": True},
    "old_age_allowance": {"on_old_age_allowance": True},
    "orphan_benefit": {"on_child_benefit": True, "child_benefit_kind": "orphan"},
    "unattended_child": {"on_child_benefit": True, "child_benefit_kind": "unattended"},
}
# programme → the fact that says what one person has of it a month, in fen
SUMS = {
    "dibao": "dibao_share_month",
    "single_person_dibao": "dibao_share_month",
    "tekun": "tekun_amount_month",
    "disability_living": "living_subsidy_month",
}
# What sets the kind of a household, the strongest first; single-person Dibao leaves the others what they are (N2022 1(1)).
TIERS = ("tekun", "dibao", "near_dibao", "rigid_expenditure")


@dataclass(frozen=True, slots=True)
class Held:
    """Help of another case that is in force. `award`: the ref of what it is given by; `whose`: keys of members of the household
    looked at whom it is for; `members`: of how many it is in all; a month, in fen.
    """

    award: str
    programme: str
    whose: tuple[str, ...]
    amount_fen: int
    members: int
    from_month: date

    @property
    def label(self) -> str:
        return road(self.programme).label

    @property
    def says(self) -> str:
        """The help in a sentence, with what it stands on."""
        money = f"每月 {spoken(self.amount_fen)} 元，" if road(self.programme).pays else ""
        since = f"{self.from_month.year} 年 {self.from_month.month} 月起"
        return f"{since}{self.label}，{money}{self.members} 个人（依据 {self.award}）"

    @property
    def share_fen(self) -> int:
        """What one of them has of it, to the nearest fen."""
        return (2 * self.amount_fen + self.members) // (2 * self.members)


@dataclass(frozen=True, slots=True)
class Told:
    """A fact our own books say, and the help it follows from."""

    value: Value
    held: tuple[Held, ...]

    @property
    def says(self) -> str:
        return "；".join(one.says for one in self.held)


def told(held: Iterable[Held], living: Collection[str]) -> dict[tuple[str, str], Told]:
    """What help in force says of a household: (key of a member, "" the household; name of the fact) → value and where from.

    Of what no help in force here speaks nothing is said: somebody may have it in another county.

    :param living: keys of those who count as living together
    """
    rows = [one for one in held if set(one.whose) & set(living)]
    found: dict[tuple[str, str], Told] = {}
    for one in rows:
        for key in one.whose:
            if key in living:
                found |= {(key, name): Told(value, (one,)) for name, value in FLAGS.get(one.programme, {}).items()}
                if one.programme in SUMS:
                    found[key, SUMS[one.programme]] = Told(one.share_fen, (one,))
    dibao = tuple(one for one in rows if one.programme in ("dibao", "single_person_dibao"))
    if dibao:
        found["", "hh_dibao_amount_month"] = Told(sum(one.amount_fen for one in dibao), dibao)
    for tier in TIERS:
        of_tier = tuple(one for one in rows if one.programme == tier)
        everybody = {key for one in of_tier for key in one.whose} >= set(living)
        if of_tier and (everybody or road(tier).unit == "household"):
            found["", "hh_tier"] = Told(tier, of_tier)
            break
    return found
