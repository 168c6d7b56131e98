"""A whole roll under a task order, against a list nobody may show: who of ours is over the limit, kept like any check."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from doudi.exchange import queries as exchange
from doudi.facts.money import spoken
from doudi.office import queries as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, prefix
from doudi.policy.checks import read_checks
from doudi.verification import actions, queries
from doudi.verification.core import Batch, SourceRow, Way, in_words
from doudi.verification.core.anomalies import FoundOne, Pair, Problem, digest_of
from doudi.verification.core.matching import LEAST_ASKED, Matched, Terms, rounded
from doudi.verification.gateways import adapters
from doudi.verification.gateways.matching import asking, roll
from doudi.verification.gateways.matching.adapter import MatchingSource, folder_of, limit_of, line_to
from doudi.verification.jobs.batches import NotLoaded
from doudi.verification.queries import sources

PATIENCE = 3600  # seconds a roll waits while the other side hides its list
INNOCENT = ("名下的钱是替别人存的，或几个人共有的账户", "刚收到的赔偿、补助、丧葬费", "号码被别人用过")
adapters.register(Way.MATCHING, MatchingSource(office.clock))


@dataclass(frozen=True)
class RollMatched:
    """What matching a roll gave. `unread`: rows without a number that can be read; nobody was asked about them."""

    run: str
    batch: Batch
    source: str
    over: int
    asked_as: int
    served_as: int
    sent: int
    received: int
    unread: int
    seen: dict[str, int]


def match_roll(
    name: str, *, source: str, order: str, by: By, at: datetime, progress: asking.Progress = lambda step, done, whole: None
) -> RollMatched:
    """Ask a source that shows nothing who of a roll is over its limit. Killed anywhere and begun again, it goes on.

    :param name: code of the roll
    :param source: code of a source that is asked by private matching
    :raises NoOrder: the order is not in force, or does not name the roll or this kind of data; nothing has left
    :raises NotLoaded: the roll was not delivered
    :raises CannotMatch: the other side refuses, is down, or the library is missing
    :raises NotAllowed: no such source
    """
    whom = sources.source(source)
    if whom is None or whom.adapter is not Way.MATCHING:
        raise NotAllowed(f"没有 {source!r} 这个隐私比对的来源。")
    allows = queries.order_allows(order)
    area = allows.area if allows else ""
    office.need(by, "check.batch", area=area or None, at=at)
    queries.standing(order, datasets=[whom.dataset], area=area, at=at, roll=name)
    day = exchange.latest_day(name, "")
    loads = exchange.datasets_of(day, "").get(name, []) if day else []
    if day is None or not loads:
        raise NotLoaded(f"{name} 还没有数据。请先 doudi feeds load。")
    people, unread = roll.listed(exchange.lake(), exchange.contracts()[name], loads, prefix(area))
    if not people:
        raise NotLoaded(f"{name} 在这个地方没有能读的身份证号。")
    terms = _terms(whom, order, [load.object.stem for load in loads], len(people), at)
    if not (folder_of(whom) / terms.session).exists():
        actions.begin_matching(roll=name, source=source, terms=terms, by=by, at=at)
    with line_to(whom, office.clock()) as line:
        numbers = [one.number for one in people]
        matched = asking.ask(line, folder_of(whom), numbers, terms, patience=PATIENCE, progress=progress)
    batch = _batch(name, day, area, whom, terms, len(people), matched)
    problem = Problem(f"over_{whom.dataset}", f"{whom.label}：超过 {spoken(terms.over)} 元", _article(whom), INNOCENT)
    lists = [{"dataset": whom.dataset, "said": "answered", "found": len(matched.over), "as_of": matched.as_of.isoformat()}]
    found = list(_found(name, whom, terms, matched, [people[at] for at in matched.over], problem.kind))
    batch = replace(batch, object=hashlib.sha256("\n".join(sorted(one.digest for one in found)).encode()).hexdigest())
    with transaction.atomic():
        run = actions.ask_run(order=order, roll=name, words=[source], datasets=[whom.dataset], by=by, at=at)
        kept = actions.finish_run(found, run=run.ref, batch=batch, problems={problem.kind: problem}, lists=lists, by=by, at=at)
    asking.forget(folder_of(whom), terms.session)
    return RollMatched(
        run=kept.ref,
        batch=batch,
        source=source,
        over=terms.over,
        asked_as=matched.asked,
        served_as=matched.served,
        sent=matched.sent,
        received=matched.received,
        unread=unread,
        seen=dict(kept.seen),
    )


def _terms(whom: SourceRow, order: str, rows: Sequence[str], count: int, at: datetime) -> Terms:
    """The same roll, order and source on the same day are the same session, so that being killed loses nothing."""
    over = limit_of(whom)
    told = json.dumps([order, whom.code, over, sorted(rows), office.today(at).isoformat()])
    session = hashlib.sha256(told.encode()).hexdigest()[:32]
    return Terms(session, whom.dataset, over, "statutory_duty", order, "按任务单核对名单", rounded(count, LEAST_ASKED))


def _batch(name: str, day: date, area: str, whom: SourceRow, terms: Terms, persons: int, matched: Matched) -> Batch:
    return Batch(
        ref=f"b{terms.session[:16]}",
        roll=name,
        against=[whom.code],
        snapshot="",
        on=day,
        area=area,
        persons=persons,
        anomalies=len(matched.over),
        kinds={f"over_{whom.dataset}": len(matched.over)},
        pairs=len(matched.over),
        silent=[],
        sources=[{"dataset": whom.dataset, "source": whom.code, "as_of": matched.as_of.isoformat()}],
        object="",
    )


def _found(
    name: str, whom: SourceRow, terms: Terms, matched: Matched, over: Sequence[roll.Listed], kind: str
) -> Iterator[FoundOne]:
    """Those over the limit, with their own row beside all the other side said."""
    columns = exchange.contracts()[name].columns
    says = f"超过 {spoken(terms.over)} 元（截至 {matched.as_of}，只知道超过，不知道多少）"
    for one in over:
        ours = in_words(columns, roll.delivered(one.batch, one.row_no))
        pair = Pair(one.batch, one.row_no, 0, 0, "隐私比对：双方都不出示名单，号码相同", says, ours, says)
        told = digest_of([json.dumps([one.number, whom.code, terms.over])])
        yield FoundOne(kind, roll.pid_of(one), one.area, one.name, one.number, whom.dataset, (pair,), 0, told)


def _article(whom: SourceRow) -> str:
    """The article a check of this kind of data stands on."""
    for check in read_checks(settings.PACKS):
        if check.against == whom.dataset and check.article:
            return check.article
    return "社会救助法第 41 条"
