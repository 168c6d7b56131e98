"""The price subsidy: nobody asks; everybody entitled on the day is paid once for a month in which prices rose over the line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from doudi.casework import queries as casework
from doudi.casework.queries import InForce
from doudi.facts.household import Household, Member
from doudi.office import actions as office
from doudi.office import queries as places
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need, today
from doudi.payment.actions.booking import run_month
from doudi.payment.actions.building import Writer, frozen, writer_of
from doudi.payment.core import first_of, number_of
from doudi.payment.models import Run
from doudi.policy.assess import assess
from doudi.policy.pack import Pack
from doudi.rulebook import queries as rulebook

# What a benefit makes of each of its members, in the words of the rules' facts.
HOLDS = {
    "dibao": "on_dibao",
    "single_person_dibao": "on_dibao",
    "tekun": "on_tekun",
    "orphan_benefit": "on_child_benefit",
    "unattended_child": "on_child_benefit",
}


@transaction.atomic
def build_price(*, county: str, month: date, by: By, at: datetime) -> Run:
    """Freeze the price subsidy of a month, by the rule `price_subsidy`; the same month again gives the same run.

    :raises NotAllowed: the post does not allow it, the month lies ahead or is closed, its figures are not filled in, or prices
        did not rise over the line
    """
    need(by, "payment.build", area=county, at=at)
    month = first_of(month)
    if month > today(at):
        raise NotAllowed("这个月还没到。")
    made = Run.objects.filter(county=county, month=month, kind="price").first()
    if made is not None:
        return made
    pack = rulebook.pack()
    benefits = [one for one in casework.in_force(county, month=month) if one.programme in HOLDS]
    kinds = {one.code: one.place_kind for one in places.areas() if one.code.startswith(county)}
    each = {key: _each(pack, *key, area=county, month=month) for key in {_class(one, kinds) for one in benefits}}
    if benefits and not any(each.values()):
        raise NotAllowed("这个月物价没有涨过启动的线，不发价格临时补贴。")
    try:
        with transaction.atomic():
            run = Run.objects.create(
                number=number_of(county, month, "price"), county=county, month=month, kind="price", built_at=at,
                built_by=office.party(by), basis=_basis(pack, county, month),
            )  # fmt: skip
    except IntegrityError:  # another clerk built it this very moment
        return Run.objects.get(county=county, month=month, kind="price")
    run_month(run, at)
    writer = writer_of(run, benefits)
    return frozen(run, writer, _lines(writer, benefits, each, kinds), by=by, at=at)


def _class(one: InForce, kinds: dict[str, str]) -> tuple[str, str]:
    """What the subsidy of a member depends on: the benefit, and whether the place is of town or country."""
    return one.programme, kinds.get(one.area) or kinds.get(one.area[:9], "")


def _lines(
    writer: Writer, benefits: list[InForce], each: dict[tuple[str, str], int], kinds: dict[str, str]
) -> Iterator[tuple[Any, ...]]:
    for one in benefits:
        fen = each[_class(one, kinds)] * one.members
        if fen:
            yield writer.row(one, writer.run.month, fen, kind="price")


def _each(pack: Pack, programme: str, place_kind: str, *, area: str, month: date) -> int:
    """What one member gets, in fen; 0 where the rule says no.

    :raises NotAllowed: the rule cannot say, because a figure is not filled in; unknown is never "no"
    """
    member = Member("p", {HOLDS[programme]: True}, "self")
    home = Household("h", area, {"hh_place_kind": place_kind} if place_kind else {}, (member,))
    found = assess("price_subsidy", home, month, area, pack, subject="p")
    if found.eligible == "unknown" or (found.eligible == "yes" and found.amount_fen is None):
        missing = "、".join(one.label for one in found.unknowns[:3])
        raise NotAllowed(f"还算不出来：{missing or '这个月的物价数字'}还没有填。请先在“规则”里填上。")
    return (found.amount_fen or 0) if found.eligible == "yes" else 0


def _basis(pack: Pack, county: str, month: date) -> str:
    """The published figures a run stands on, in words."""
    there = pack.parameters_at(county, month)
    labels = {"price_cpi_rise": "居民消费价格涨", "price_food_rise": "食品价格涨"}
    told = [f"{label} {there[name] / 100:.2f}%" for name, label in labels.items() if there.get(name) is not None]
    return f"{month.year} 年 {month.month} 月：" + "，".join(told)
