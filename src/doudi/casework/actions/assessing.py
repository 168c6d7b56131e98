"""What is known of a case now, put together for the rules; what they say is kept with all it stands on. No act by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from doudi.casework import core
from doudi.casework.actions import steps
from doudi.casework.core import calculation
from doudi.casework.core.asking import NOT, shown_as
from doudi.casework.core.calculation import HelpLine, IncomeLine, Judged, TableLine, Value
from doudi.casework.core.held import KIND, OUR_BOOKS, Told, told
from doudi.casework.gateways import register, rules
from doudi.casework.models import Assessment, Case, CaseMember, Line, Question, SettledFact
from doudi.casework.queries.asking import wards
from doudi.casework.queries.drafts import is_minor
from doudi.casework.queries.held import held
from doudi.casework.queries.known import source_of
from doudi.facts import days
from doudi.facts.household import Household, Member
from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.queries import today
from doudi.registry import queries as registry
from doudi.verification import queries as verification
from doudi.verification.core import reading
from doudi.verification.core.compared import ALL_TOLD, OPEN, Answers, Compared, Declared, Somebody
from doudi.verification.core.comparing import compare
from doudi.verification.core.reading import Row
from doudi.verification.queries import AnswerRow


class Known:
    """Everything a case holds, read once for one act."""

    def __init__(self, case: Case, at: datetime, read: Sequence[AnswerRow] | None = None) -> None:
        self.case, self.on = case, today(at)
        self.members = list(CaseMember.objects.filter(case=case).order_by("id"))
        self.lines = list(Line.objects.filter(case=case).order_by("id"))
        self.questions = list(Question.objects.filter(case=case).order_by("id"))
        self.settled = list(SettledFact.objects.filter(case=case).order_by("id"))
        self._read = read
        self.names = {one.pid: one.name for one in self.members if one.pid}

    @cached_property
    def answers(self) -> Sequence[AnswerRow]:
        """What the sources said to the case's check; opened only where somebody looks at it."""
        if self._read is not None:
            return self._read
        return verification.answers(self.case.check_ref) if self.case.check_ref else ()

    def counting(self) -> list[CaseMember]:
        return [one for one in self.members if one.counts]

    @property
    def living(self) -> set[str]:
        return {one.pid for one in self.counting() if one.pid}

    def rows(self) -> dict[str, list[Row]]:
        """pid → rows found by the check of members who were asked, without those that may be somebody else's.

        What was found of supporters outside the household is no part of its means.
        """
        held = Answers(verification.comparable(self.answers))
        return {pid: held.rows(pid) for pid in sorted(held.pids & self.names.keys())}

    def answered(self, dataset: str) -> bool:
        """Whether every source of a kind of data answered about every adult who counts."""
        adults = [one.pid for one in self.counting() if not is_minor(one.born_on, self.on)]
        return bool(self.answers) and not Answers(verification.comparable(self.answers)).open(adults, dataset)

    def people(self) -> list[Somebody]:
        """Everybody of the family, as a comparison looks at them, and the supporters who were asked about."""
        family = [Somebody(one.pid or one.ref, one.pid, one.name, not is_minor(one.born_on, self.on)) for one in self.members]
        outside = {row.pid: row.whose for row in self.answers if row.pid not in self.names}
        return family + [Somebody(pid, pid, name, True, role="supporter") for pid, name in outside.items()]

    def declared(self) -> list[Declared]:
        """What the family said: who lives together, each line of income, and that this is all: an application goes through
        all its income, a case opened on a visit only shows what was found.
        """
        on = today(self.case.submitted_at)
        members = [
            Declared(one.pid or one.ref, "member", None, "", on, name=one.name, proposed=one.proposed, together=one.together)
            for one in self.members
        ]
        all_told = [Declared("", ALL_TOLD, None, "", on)] if self.case.origin == "application" else []
        return [*members, *all_told] + [
            Declared(
                one.pid,
                one.kind,
                one.said_fen,
                "",
                on,
                said=one.said,
                found_fen=one.found_fen,
                dataset=one.dataset,
                batch=one.batch,
                row_no=one.row_no,
                as_of=one.as_of,
            )
            for one in self.lines
        ]

    def compared(self) -> tuple[Compared, ...]:
        """What was declared against what was found, as it stands now; before a check, against what the family was shown."""
        found = compare(self.case.programme, self.people(), self.declared(), verification.comparable(self.answers), self.on)
        ruled = verification.rulings(self.case.check_ref, self.answers) if self.case.check_ref else ()
        return tuple(replace(one, person_says=told) if (told := _ruled(one, ruled)) else one for one in found)

    def found_out(self, member: str = "") -> dict[str, Value]:
        """What people found out of the household, or of a member (pid or ref): the newest of each name."""
        facts: dict[str, Value] = {}
        for one in self.settled:
            if one.member == member:
                fact = rules.fact(one.name)
                is_day = fact is not None and fact.type == "date" and isinstance(one.value, str)
                facts[one.name] = date.fromisoformat(one.value) if is_day else one.value
        return facts

    @cached_property
    def books(self) -> dict[tuple[str, str], Told]:
        """What doudi itself gives those who live together, in the month this help would begin."""
        month = self.on.replace(day=1)
        month = month if core.road(self.case.programme).one_off else days.add_months(month, 1)
        living = {one.pid: one.pid for one in self.counting() if one.pid}
        return told(held(self.case, living, month), {one.pid or one.ref for one in self.counting()})

    def said(self, member: str) -> dict[str, Value]:
        """What people say of the household (""), or of a member: what they found out, above what they judged of a roll."""
        facts: dict[str, Value] = {}
        is_recipient = member == (self.case.recipient or self.case.applicant)
        for question in self.questions:
            if member and question.pid == member and question.choice == "person_right":
                if question.kind == "roll":
                    facts[f"on_{question.dataset}"] = False
                elif question.kind == "custody":
                    facts["is_in_custody"] = False
            if is_recipient:
                facts |= calculation.SETTLES.get((question.kind, question.choice), {})
        return facts | self.found_out(member)

    def of_books(self, member: str, said: Mapping[str, Value]) -> dict[str, Value]:
        """What our own books say of the household, or of a member; without what somebody settled to be as it is said."""
        as_said = {one.key for one in self.questions if one.kind == KIND and one.choice == "person_right"}
        return {
            name: one.value
            for (whose, name), one in self.books.items()
            if whose == member and not (name in said and books_key(whose, name) in as_said)
        }

    def judged(self) -> list[Judged]:
        return [
            Judged(one.key, one.kind, one.pid, one.choice, one.found_fen, one.said_fen, one.amount_fen, one.reason)
            for one in self.questions
        ]


def _ruled(one: Compared, rulings: Iterable[verification.Ruling]) -> str:
    """What the person says, with how their objection to one of these rows ended; empty when nothing was ruled about them."""
    places = {(row.place.dataset, row.place.their_ref or f"{row.place.batch}/{row.place.row_no}") for row in one.found}
    said = [
        f"不同意见 {ruling.number}：{ruling.outcome_label}{'，' if ruling.instead else ''}{ruling.instead}"
        for ruling in rulings
        if (ruling.dataset, ruling.place) in places
    ]
    return "；".join(filter(None, (one.person_says, *said))) if said else ""


def living(case: Case) -> list[str]:
    """The pids of everybody who counts as living together."""
    return [one.pid for one in CaseMember.objects.filter(case=case) if one.pid and one.counts]


def take_stock(case: Case, *, by: By, at: datetime, read: Sequence[AnswerRow] | None = None) -> list[Question]:
    """Compare and assess anew on what is known now; returns the questions that are new.

    :param read: the answers of the case's check, where the same act has read them already
    """
    known = Known(case, at, read)
    new = _ask_differences(known, by=by, at=at)
    assess_now(case, by=by, at=at, read=known.answers)
    return new


def _ask_differences(known: Known, *, by: By, at: datetime) -> list[Question]:
    """Keep each new difference as a question; one that answered itself (a silent source spoke) goes if nobody judged it.

    Who is asked something new by what the sources said is told so by a text, once a time.
    """
    case = known.case
    found = {one.key: one for one in known.compared() if one.is_question}
    gone = [one.pk for one in known.questions if one.key not in found and one.judged_at is None and one.kind != KIND]
    Question.objects.filter(pk__in=gone).delete()
    there, pids = {one.key: one for one in known.questions}, {one.pid for one in known.members}
    for key, row in there.items():
        if key in found and row.judged_at is None:
            _tell_anew(row, _question(case, found[key], pids))
    new = Question.objects.bulk_create(_question(case, one, pids) for key, one in found.items() if key not in there)
    if known.answers:
        _tell_asked(known, [one for one in new if found[one.key].difference != OPEN], by=by, at=at)
    return new


def _tell_asked(known: Known, new: list[Question], *, by: By, at: datetime) -> None:
    """Tell the applicant, and each other adult whose own data differ, that there is something to ask: not what, no last day."""
    case = known.case
    grown = {one.pid for one in known.members if one.pid and not is_minor(one.born_on, known.on)}
    for pid in sorted({case.applicant, *(one.pid for one in new if one.pid in grown)}):
        mine = {pid}
        own = wards(case, mine, at)
        asked = [one for one in new if shown_as(one.kind, one.pid, mine=mine, wards=own, applicant=case.applicant) != NOT]
        phone = registry.me(pid).phone if asked else ""
        if phone:
            words = f"您家的事有{len(asked)}处和查到的不一样，想问您一句。手机上说、打电话、请村里带话都行。"
            steps.tell(case, phone, words, by=by, at=at, pid=pid)


TOLD = ("heading", "data_says", "person_says", "found_fen", "said_fen", "dataset", "batch", "row_no", "as_of")


def _tell_anew(row: Question, now: Question) -> None:
    """A question nobody judged yet says what is known now."""
    if any(getattr(row, name) != getattr(now, name) for name in TOLD):
        for name in TOLD:
            setattr(row, name, getattr(now, name))
        row.save(update_fields=TOLD)


def _question(case: Case, one: Compared, pids: set[str]) -> Question:
    place = one.place
    return Question(
        case=case,
        key=one.key,
        kind=one.kind,
        pid=one.pid if one.pid in pids else "",  # a member the register does not know has none
        heading=one.heading,
        data_says=one.data_says,
        person_says=one.person_says,
        found_fen=None if one.is_over else one.found_fen,  # "over so much" is no sum to reckon with
        said_fen=one.said_fen,
        dataset=place.dataset if place else "",
        batch=place.batch if place else None,
        row_no=place.row_no if place else None,
        as_of=place.as_of if place else None,
    )


def assess_now(case: Case, *, by: By, at: datetime, read: Sequence[AnswerRow] | None = None) -> Assessment:
    """Let the rules speak on what is known now, for the programme asked and for the others, and keep what they say.

    :param read: the answers of the case's check, where the same act has read them already
    """
    known = Known(case, at, read)
    _ask_books(known)
    household, table, income = _household(known)
    kept = {}
    for programme in (case.programme, *core.road(case.programme).also):
        ruled = rules.ask(programme, household, known.on, case.area, subject=case.recipient or case.applicant)
        kept[programme] = Assessment.objects.create(
            case=case,
            programme=programme,
            on=known.on,
            area=case.area,
            outcome=ruled.outcome,
            members=len(household.members),
            income_fen=income,
            standard_fen=ruled.standard_fen,
            amount_fen=ruled.amount_fen,
            pack=ruled.pack,
            facts=_kept_facts(household) | {"books": _kept_books(known)},
            table=[_kept_line(line) for line in table],
            trace=ruled.trace,
            at=at,
            by=office.party(by),
        )
    return kept[case.programme]


def books_key(member: str, name: str) -> str:
    """What a difference with our own books is about: a fact of a member, or of the household ("")."""
    return f"{KIND}:{member}:{name}"


def _ask_books(known: Known) -> None:
    """Keep as a question what people say otherwise than our own books; one nobody judged goes with what it came from.

    A judgement holds for what was said then: where the books or what is said change, it is asked anew.
    """
    case, names = known.case, {one.pid or one.ref: one.name for one in known.members}
    said = {member: known.said(member) for member in {member for member, _ in known.books}}
    found = {}
    for (member, name), one in known.books.items():
        fact = rules.fact(name)
        if fact is None or name not in said[member] or said[member][name] == one.value:
            continue
        found[books_key(member, name)] = Question(
            case=case,
            key=books_key(member, name),
            kind=KIND,
            pid=member if member in known.names else "",
            heading=f"{names.get(member, '家里')}：{fact.label}",
            data_says=f"{rules.words(fact, one.value)}：{one.says}",
            person_says=f"写的是：{rules.words(fact, said[member][name])}",
        )
    there = {one.key: one for one in known.questions if one.kind == KIND}
    gone = [one for key, one in there.items() if key not in found and one.judged_at is None]
    if gone:
        Question.objects.filter(pk__in=[one.pk for one in gone]).delete()
    for key, now in found.items():
        row = there.get(key)
        if row is None:
            now.save()
        elif (row.data_says, row.person_says) != (now.data_says, now.person_says):
            row.data_says, row.person_says = now.data_says, now.person_says
            row.choice, row.judged_at, row.judged_by = "", None, ""
            row.save(update_fields=["data_says", "person_says", "choice", "judged_at", "judged_by"])
    if found or gone:
        known.questions = list(Question.objects.filter(case=case).order_by("id"))


def _household(known: Known) -> tuple[Household, list[TableLine], int | None]:
    """The household as rules see it, the table of its income, and the month's income."""
    case, on, rows, judged = known.case, known.on, known.rows(), known.judged()
    counting = known.counting()
    lines = _income_lines(known, rows)
    help_lines = _help_lines(known, rows)
    income, table = calculation.income_table(lines, help_lines, {one.key: one for one in judged}, known.living)
    found = [row for pid in known.living for row in rows.get(pid, [])]
    place = office_queries.area(case.area)
    facts = calculation.household_facts(
        members=len(counting),
        income_month=income,
        deposits=calculation.savings(judged, answered=known.answered("deposit")),
        cars=calculation.things_counted("vehicle", judged, answered=known.answered("vehicle"), silent_key="silent:vehicle"),
        firms=calculation.things_counted("business", judged, answered=known.answered("business"), silent_key="silent:business"),
        homes=calculation.homes(judged),
        medical_year_fen=calculation.medical_year(found, on) if known.answered("medical_cost") else None,
        place_kind=place.place_kind or None if place else None,
    )
    said = known.said("")
    facts |= calculation.with_derived(said, len(counting)) | known.of_books("", said)
    members = tuple(Member(pid=one.pid or one.ref, facts=_person_facts(one, known), relation=one.relation) for one in counting)
    return Household(hid=case.household or case.ref, area=case.area, facts=facts, members=members), table, income


def _person_facts(one: CaseMember, known: Known) -> dict[str, Value]:
    """Person facts of the register, and the age on the day; the case's own findings stand above, and above these our books."""
    facts = {name: value for name, value in register.facts_of(one.pid).items() if value is not None} if one.pid else {}
    if one.born_on is not None:
        facts["born_on"] = one.born_on
        facts["age"] = known.on.year - one.born_on.year - ((known.on.month, known.on.day) < (one.born_on.month, one.born_on.day))
    key = one.pid or one.ref
    said = known.said(key)
    return facts | said | known.of_books(key, said)


def _income_lines(known: Known, rows: dict[str, list[Row]]) -> list[IncomeLine]:
    """The family's lines, and those only the sources know."""
    lines = [
        IncomeLine(
            one.pid,
            known.names.get(one.pid, "家里"),
            one.kind,
            one.found_fen,
            one.said,
            one.said_fen,
            source_of(one.dataset, one.as_of).label if one.dataset else "本人说的",
            one.as_of,
        )
        for one in known.lines
    ]
    there = {(one.pid, one.kind) for one in known.lines}
    for pid, found in rows.items():
        for income in reading.incomes(pid, found, known.on):
            if (pid, income.kind) not in there:
                label = source_of(income.place.dataset, income.place.as_of).label
                lines.append(IncomeLine(pid, known.names[pid], income.kind, income.fen, "", None, label, income.place.as_of))
        works = reading.contribution(found, known.on)
        if works is not None and not any((one.pid, one.kind) == (pid, "wage") for one in lines):
            place = reading.place_of(works)
            label = source_of(place.dataset, place.as_of).label
            lines.append(IncomeLine(pid, known.names[pid], "wage", None, "", None, label, place.as_of))
    return lines


def _help_lines(known: Known, rows: dict[str, list[Row]]) -> Iterable[HelpLine]:
    for pid, found in rows.items():
        for note in reading.help_received(pid, found, known.on):
            label = source_of(note.place.dataset, note.place.as_of).label
            yield HelpLine(pid, known.names[pid], note.text, note.fen or 0, label, note.place.as_of)
    ours = dict.fromkeys(each for one in known.books.values() for each in one.held)
    for one in ours:
        whose = "、".join(known.names[key] for key in one.whose)
        yield HelpLine(one.whose[0], whose, one.label, one.amount_fen, f"{OUR_BOOKS}，依据 {one.award}", one.from_month)


def _kept_books(known: Known) -> list[dict[str, Any]]:
    """What our own books said, of whom, and by which awards."""
    return [
        {"member": member, "name": name, "value": one.value, "awards": [each.award for each in one.held]}
        for (member, name), one in sorted(known.books.items())
    ]


def _kept_facts(household: Household) -> dict[str, Any]:
    def plain(facts: Any) -> dict[str, Any]:
        return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in sorted(facts.items())}

    return {
        "hid": household.hid,
        "area": household.area,
        "facts": plain(household.facts),
        "members": [{"pid": one.pid, "relation": one.relation, "facts": plain(one.facts)} for one in household.members],
    }


def _kept_line(line: TableLine) -> dict[str, Any]:
    return {
        "what": line.what,
        "whose": line.whose,
        "source": line.source,
        "as_of": line.as_of.isoformat() if line.as_of else None,
        "fen": line.fen,
        "counted": line.counted,
        "why": line.why,
    }
