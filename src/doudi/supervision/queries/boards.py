"""The five boards: every rule of supervision asked of every case and payment of an area, and the list behind each number."""

from __future__ import annotations

from collections import Counter, defaultdict
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
from doudi.policy.supervise import Supervised, ask
from doudi.registry import queries as registry
from doudi.rulebook import queries as rulebook
from doudi.supervision.core import BOARDS, Board, Hit, RuleRow
from doudi.supervision.gateways import register
from doudi.supervision.queries.facts import Books, Facts, case_facts, payment_facts
from doudi.verification import queries as verification

MONTHS_OF_LINES = 2  # besides the running one
FIRST_UNSURE = 100  # of what cannot be told the first are listed, all are counted
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
    asking = _Asking(pack, on)
    for case in books.cases:
        asking.about("case", case_facts(case, books), case, None)
    for line in books.lines:
        asking.about("payment", payment_facts(line, books), books.around.by_benefit.get(line.benefit), line)
    hits = {code: (*asking.found[code], *asking.unsure[code]) for code in {*asking.found, *asking.unsure}}
    return Sweep(on, area, pack.version, cycle, len(books.cases), len(books.lines), asking.boards(), hits)


def open_books(area: str, on: date) -> Books:
    """Everything the rules look at, read with one query a table."""
    cases = casework.work(area)
    people = {one.pid for case in cases for one in case.members if one.pid} | {case.applicant for case in cases}
    known_by = registry.together(people)
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
        held=casework.held_by(known_by, month=month),
        kin=casework.near_kin_on_file(known_by),
        lookalikes=registry.lookalikes(people),
        holders=payment.account_holders(area),
    )


class _Asking:
    """Puts one record after another before the rules; keeps what holds, and of what cannot be told the number and the first."""

    def __init__(self, pack: Pack, on: date) -> None:
        self.pack, self.on = pack, on
        rules = pack.supervision_on(on)
        self.rules = {kind: [rule for rule in rules if rule.subject == kind] for kind in ("case", "payment")}
        self.around: dict[str, Around] = {}
        self.asked: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.missing: dict[str, Counter[str]] = defaultdict(Counter)
        self.found: dict[str, list[Hit]] = defaultdict(list)
        self.unsure: dict[str, list[Hit]] = defaultdict(list)

    def about(self, kind: str, facts: Facts, case: CaseWork | None, line: payment.PaidLine | None) -> None:
        """Ask every rule about one case or one line."""
        area = line.area if line else case.area if case else ""
        around = self.around.get(area)
        if around is None:
            around = self.around[area] = Around(self.on, self.pack.parameters_at(area, self.on), ())
        for rule in self.rules[kind]:
            if rule.among is not None and rule.among.run(facts, facts, around) is False:
                continue
            self.asked[rule.code] += 1
            one = ask(rule, facts, around, self.pack)
            if one is None:
                continue
            if one.state == "met":
                self.found[rule.code].append(_hit(one, kind, case, line))
                continue
            self.unknown[rule.code] += 1
            if len(self.unsure[rule.code]) < FIRST_UNSURE:
                self.unsure[rule.code].append(_hit(one, kind, case, line))
                self.missing[rule.code].update(one.unknowns)

    def boards(self) -> tuple[Board, ...]:
        """The five boards with what was found so far."""
        names = self.pack.names
        labels = {**names.labels, **{f"P.{name}": kind.label for name, kind in names.parameters.items()}}
        rows: dict[str, list[RuleRow]] = {board: [] for board in BOARDS}
        for rule in sorted((rule for rules in self.rules.values() for rule in rules), key=lambda rule: rule.code):
            rows[rule.pack].append(
                RuleRow(
                    code=rule.code,
                    board=rule.pack,
                    label=rule.label,
                    level=rule.level,
                    subject_kind=rule.subject,
                    article=assess.article_on(rule.articles, self.on),
                    advice=rule.advice,
                    innocent=rule.innocent,
                    found=len(self.found[rule.code]),
                    unknown=self.unknown[rule.code],
                    asked=self.asked[rule.code],
                    missing=tuple(labels[name] for name, _ in self.missing[rule.code].most_common()),
                )
            )
        return tuple(Board(code, label, tuple(rows[code])) for code, label in BOARDS.items())


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
