"""The five boards: every rule of supervision asked of every case and payment of an area, and the list behind each number."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from doudi.casework.queries import work as casework
from doudi.casework.queries.work import CaseWork
from doudi.facts import days
from doudi.monitoring import queries as monitoring
from doudi.office import queries as office
from doudi.office.core import Viewer
from doudi.payment import queries as payment
from doudi.policy import assess
from doudi.policy.language.python import Around
from doudi.policy.pack import Pack
from doudi.policy.rules import Supervision
from doudi.policy.supervise import Supervised
from doudi.registry import queries as registry
from doudi.rulebook import queries as rulebook
from doudi.supervision.core import BOARDS, Board, Hit, RuleRow
from doudi.supervision.gateways import register
from doudi.supervision.queries.facts import Books, Facts, case_facts, payment_facts
from doudi.verification import queries as verification

MONTHS_OF_LINES = 2  # besides the running one
KEPT = 8  # answers kept in memory, until anything is done anywhere


@dataclass(frozen=True)
class Sweep:
    """What all rules found in an area on a day."""

    on: date
    area: str
    pack_version: str
    cycle: str
    cases: int
    payments: int
    boards: tuple[Board, ...]
    hits: dict[str, tuple[Hit, ...]]  # by rule: what was found first, then what cannot be told

    def rule(self, code: str) -> RuleRow | None:
        """The row of one rule."""
        return next((rule for board in self.boards for rule in board.rules if rule.code == code), None)


def seen_by(viewer: Viewer, on: date) -> Sweep:
    """The boards of the viewer's area.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("audit.read")
    return sweep(viewer.area, on)


def sweep(area: str, on: date) -> Sweep:
    """The boards of an area (everywhere without one), by the books as they stand now, judged on a day."""
    return _swept(area, on, rulebook.pack().version, office.journal_state().root, register.version())


@lru_cache(maxsize=KEPT)
def _swept(area: str, on: date, version: str, journal: str, cycle: str) -> Sweep:
    """Every act leaves a line in the journal: while its root is the same, so are the books."""
    pack = rulebook.pack()
    books = open_books(area, on)
    rules = {rule.code: rule for rule in pack.supervision_on(on)}
    asked: Counter[str] = Counter()
    found: dict[str, list[tuple[Supervised, Hit]]] = defaultdict(list)
    for case in books.cases:
        facts = case_facts(case, books)
        _ask("case", facts, case, None, on, pack, rules, asked, found)
    for line in books.lines:
        facts = payment_facts(line, books)
        _ask("payment", facts, books.around.by_benefit.get(line.benefit), line, on, pack, rules, asked, found)
    return Sweep(
        on, area, pack.version, cycle, len(books.cases), len(books.lines), _boards(rules.values(), asked, found, pack, on),
        {code: tuple(sorted((hit for _, hit in hits), key=lambda hit: hit.state != "met")) for code, hits in found.items()},
    )  # fmt: skip


def open_books(area: str, on: date) -> Books:
    """Everything the rules look at, read with one query a table."""
    cases = casework.work(area)
    people = {one.pid for case in cases for one in case.members if one.pid} | {case.applicant for case in cases}
    month = on.replace(day=1)
    since = days.add_months(month, -12)
    return Books(
        on=on,
        cases=cases,
        checks=verification.days_of_checks(area),
        lines=payment.paid_lines(area, since=days.add_months(month, -MONTHS_OF_LINES)),
        months_paid=payment.months_paid(area, since=since, until=days.add_months(month, -1)),
        counties_paid=frozenset(payment.counties_with_runs(area)),
        since=since,
        waiting=monitoring.waiting(area),
        has_signs=monitoring.latest() is not None,
        told=register.told(people),
        held=casework.held_by(people, month=month),
        lookalikes=registry.lookalikes(people),
    )


def _ask(
    kind: str,
    facts: Facts,
    case: CaseWork | None,
    line: payment.PaidLine | None,
    on: date,
    pack: Pack,
    rules: dict[str, Supervision],
    asked: Counter[str],
    found: dict[str, list[tuple[Supervised, Hit]]],
) -> None:
    """Put one record before the rules; keep what holds and what cannot be told."""
    area = line.area if line else case.area if case else ""
    around = Around(on, pack.parameters_at(area, on), ())
    for rule in rules.values():
        if rule.subject == kind and (rule.among is None or rule.among.run(facts, facts, around) is not False):
            asked[rule.code] += 1
    for one in assess.supervise(pack, kind, facts, on, area):
        found[one.code].append((one, _hit(one, kind, case, line)))


def _hit(one: Supervised, kind: str, case: CaseWork | None, line: payment.PaidLine | None) -> Hit:
    return Hit(
        code=one.code,
        state=one.state,
        level=one.level,
        subject_kind=kind,
        case=case.ref if case else "",
        receipt=case.receipt if case else "",
        masked_name=case.masked_name if case else "",
        area=line.area if line else case.area if case else "",
        programme=line.programme if line else case.programme if case else "",
        sentence=one.sentence,
        month=line.for_month if line else None,
    )


def _boards(
    rules: Iterable[Supervision],
    asked: Counter[str],
    found: dict[str, list[tuple[Supervised, Hit]]],
    pack: Pack,
    on: date,
) -> tuple[Board, ...]:
    rows: dict[str, list[RuleRow]] = {board: [] for board in BOARDS}
    labels = {**pack.names.labels, **{f"P.{name}": kind.label for name, kind in pack.names.parameters.items()}}
    for rule in rules:
        here = found.get(rule.code, [])
        unknown = [one for one, hit in here if hit.state == "unknown"]
        missing = Counter(name for one in unknown for name in one.unknowns)
        rows[rule.pack].append(
            RuleRow(
                code=rule.code,
                board=rule.pack,
                label=rule.label,
                level=rule.level,
                subject_kind=rule.subject,
                article=assess.article_on(rule.articles, on),
                advice=rule.advice,
                innocent=rule.innocent,
                found=len(here) - len(unknown),
                unknown=len(unknown),
                asked=asked[rule.code],
                missing=tuple(labels[name] for name, _ in missing.most_common()),
            )
        )
    return tuple(Board(code, label, tuple(rows[code])) for code, label in BOARDS.items())
