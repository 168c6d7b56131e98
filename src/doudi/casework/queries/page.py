"""Reading one case whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from doudi.casework import core
from doudi.casework.core import Clock, State, differences
from doudi.casework.core.collective import SIGNERS, SURVEY_WAYS, UNSIGNED, unsigned
from doudi.casework.models import (
    Assessment,
    Benefit,
    Case,
    CaseMember,
    Decision,
    Objection,
    Opinion,
    Question,
    RunningClock,
    Showing,
    Survey,
    SurveyPaper,
)
from doudi.casework.queries import words
from doudi.casework.queries.drafts import is_minor
from doudi.casework.queries.inbox import LINE, NoCase, as_rows, within
from doudi.casework.queries.known import relation_words, source_of
from doudi.casework.queries.rows import (
    AssessmentRow,
    BenefitRow,
    CasePage,
    ClockRow,
    Condition,
    DecisionRow,
    Done,
    Earlier,
    InboxRow,
    Member,
    MoveRow,
    NeedRow,
    ObjectionRow,
    OpinionRow,
    QuestionRow,
    ShowingRow,
    SurveyRow,
    TableLine,
)
from doudi.casework.queries.signing import Signing, may_find
from doudi.office import core as office_core
from doudi.office import queries as office
from doudi.office.core import Viewer
from doudi.office.queries import today
from doudi.registry import queries as registry
from doudi.registry.core import age_on
from doudi.verification import queries as verification
from doudi.verification.core.kinds import kinds

OUTCOMES = {"yes": "够条件", "no": "不够条件", "unknown": "还不能判断"}
HOLDS = {"met": True, "not_met": False, "unknown": None}
ACT_WORDS = {
    "submit": "交了申请",
    "open_case": "走访后帮着申请",
    "accept": "受理",
    "ask_once": "告诉要补什么",
    "supplement": "记下补来的",
    "assign": "转给同事",
    "file_near_kin": "登记近亲属",
    "record_consent": "登记同意核对",
    "identify_member": "补上了家里人的身份信息",
    "request_check": "发起核对",
    "judge": "判断了一处不同",
    "count_member": "定了谁算家里人",
    "survey": "记了入户调查",
    "assess": "按规则算了一遍",
    "extend": "延长期限",
    "propose": "写了初步意见",
    "object_to": "有人提了不同意见",
    "reinvestigate": "就不同意见再了解",
    "end_showing": "公示到期，报到县里",
    "keep_survey_paper": "收下入户的签字或照片",
    "leave_unsigned": "记下家里人没有签调查表",
    "hear_neighbour": "问了邻居",
    "send_inquiry": "寄出信函索证",
    "answer_inquiry": "记下信函的答复",
    "give_up_inquiry": "信函没有等到答复",
    "call_appraisal": "通知了民主评议",
    "recuse": "评议时有人回避",
    "hold_appraisal": "民主评议开过了",
    "drop_appraisal": "民主评议不开了",
    "consult": "县里一事一议",
    "resend": "补好再报县里",
    "confirm": "确认",
    "return_one": "退回补一样",
    "refuse": "不确认",
    "withdraw": "撤回申请",
    "help_first": "先救助",
    "complete": "补齐了急难材料",
    "assess_self_care": "评估了自理能力",
    "ask_reassessment": "说自理能力有变化",
    "choose_support": "记了供养方式",
    "keep_agreement": "记了一份协议",
    "end_agreement": "协议不再算了",
    "ask_elsewhere": "请外地协助",
    "answer_elsewhere": "外地答复了",
    "settle_fact": "问清楚了一样",
}


def case(ref: str, viewer: Viewer, *, at: datetime) -> CasePage:
    """Everything of one case. The page that shows it notes the look (`office.actions.look`, subject: applicant pid).

    :raises NoCase: no such case, or outside the viewer's area
    :raises NotAllowed: the post does not allow it
    """
    viewer.need("case.read")
    row = Case.objects.filter(within(viewer), ref=ref).select_related("benefit").first()
    if row is None:
        raise NoCase("没有这件申请，或者不归您看。")
    with office.one_reading():
        return _Reading(row, viewer, at).page()


def case_of_receipt(receipt: str, viewer: Viewer) -> str:
    """The ref of the case with this receipt number, inside the viewer's area.

    :raises NoCase: no such case, or outside the viewer's area
    """
    viewer.need("case.read")
    digits = core.read_receipt(receipt)
    ref = Case.objects.filter(within(viewer), receipt=digits).values_list("ref", flat=True).first() if digits else None
    if ref is None:
        raise NoCase("没有这个编号的申请，或者不归您看。请再核对一下号码。")
    return ref


def cases_of(pid: str, viewer: Viewer, *, at: datetime) -> tuple[InboxRow, ...]:
    """The cases a person is part of, inside the viewer's area, latest first.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("case.read")
    mine = Case.objects.filter(within(viewer), members__pid__in=registry.pids_of(pid))
    return as_rows(mine.only(*LINE).distinct().order_by("-pk")[:50], viewer, today(at))


@dataclass
class _Reading:
    """One reading of a case: each table once."""

    row: Case
    viewer: Viewer
    at: datetime

    def __post_init__(self) -> None:
        row = self.row
        self.on = today(self.at)
        self.members = list(CaseMember.objects.filter(case=row).order_by("id"))
        self.questions = list(Question.objects.filter(case=row).order_by("id"))
        self.said = verification.statements(row.ref) if self.questions else {}
        self.opinions = list(Opinion.objects.filter(case=row).order_by("id"))
        self.surveys = list(Survey.objects.filter(case=row).order_by("id"))
        papers = SurveyPaper.objects.filter(survey__case=row).values_list("survey_id", "role") if self.surveys else ()
        self.survey_papers = set(papers)
        self.showings = list(Showing.objects.filter(case=row).order_by("id"))
        self.objections = list(Objection.objects.filter(showing__case=row).order_by("id")) if self.showings else []
        self.clocks = list(RunningClock.objects.filter(case=row).order_by("id"))
        self.decision = Decision.objects.filter(case=row).order_by("-id").first()
        self.benefit: Benefit | None = getattr(row, "benefit", None)
        self.journal = office.journal_of(row.ref)
        self.names = office.clerk_names(sorted(self._clerks()))
        self.places = office.area_labels([row.area, row.area[:6], *(one.area for one in self.showings)])
        self.signing = Signing(row, self.members, self.at)
        self.person = registry.me(row.applicant)

    def _place(self, code: str) -> str:
        return self.places.get(code, code)

    def _clerks(self) -> set[str]:
        row, refs = self.row, {self.row.handler}
        refs |= {ref for one in self.journal for ref in (one.by.partition(":")[2], one.detail.get("for", ""))}
        refs |= {ref for one in self.surveys for ref in (one.first, one.second)}
        refs |= {one.by.partition(":")[2] for one in self.opinions}
        refs |= {one.judged_by.partition(":")[2] for one in self.questions}
        return (refs | {self.decision.by.partition(":")[2]} if self.decision else refs) - {"", row.applicant}

    def page(self) -> CasePage:
        row, on = self.row, self.on
        state, road = State(row.state), core.road(row.programme)
        members, ruled = self._members(), self._assessments()
        mine = next((one for one in ruled if one.programme == row.programme), None)
        shown = self.showings[-1] if self.showings else None
        benefit = benefit_row(self.benefit, row.ref) if self.benefit else None
        needs = next((self._needs(one) for one in reversed(self.surveys)), ())
        return CasePage(
            ref=row.ref,
            receipt=row.receipt,
            version=row.version,
            programme=row.programme,
            programme_label=road.label,
            state=state,
            level=row.level,
            decide_permit=core.DECIDE_HERE if row.level == core.Level.TOWNSHIP else core.DECIDE,
            state_label=core.label_at(state, row.level),
            applicant=row.applicant,
            name=row.name,
            masked_number=self.person.masked_number,
            phone=self.person.phone,
            age=self.person.age(on),
            area=row.area,
            area_label=self._place(row.area),
            channel_label=core.CHANNELS[row.channel],
            origin=row.origin,
            alert_ref=row.alert_ref,
            visit_ref=row.visit_ref,
            handler=self.names.get(row.handler, ""),
            submitted_at=row.submitted_at,
            is_urgent=row.is_urgent,
            is_near_kin=row.is_near_kin,
            near_kin_of=row.near_kin_of,
            in_doubt=row.in_doubt,
            asked_for=row.asked_for,
            extended_reason=row.extended_reason,
            sentence=words.sentence(row, row.name, self.person.age(on), sum(one.counts for one in members)),
            hardships=tuple(row.hardships),
            story=row.story,
            account_label=account_label(row),
            stages=words.stages(
                row,
                shown_from=shown.from_on if shown else None,
                first_month=benefit.from_month if benefit else None,
                on=on,
            ),
            clocks=self._clocks(),
            members=members,
            missing_consents=tuple(one.name for one in members if one.consent == "missing"),
            check_ref=row.check_ref,
            questions=tuple(self._question(one) for one in self.questions),
            open_questions=sum(one.choice in core.OPEN_CHOICES for one in self.questions),
            assessment=mine,
            also=tuple(one for one in ruled if one.programme != row.programme),
            surveys=tuple(self._survey(one) for one in self.surveys),
            needs=needs,
            opinion=self._opinion(self.opinions[-1]) if self.opinions else None,
            draft_reason=words.draft_reason(row, mine),
            showings=tuple(self._showing(one) for one in self.showings),
            decision=decision_row(self.decision, self.names, self._place(row.area[:6])) if self.decision else None,
            benefit=benefit,
            acts=self._acts(),
            moves=self._moves(state),
            signing=self.signing.page() if may_find(self.viewer) else None,
            earlier=self._earlier(),
        )

    def _members(self) -> tuple[Member, ...]:
        agreed = self.signing.agreed()
        head = any(one.pid == self.row.applicant and one.relation == "self" for one in self.members)
        rows = []
        for one in self.members:
            applicant = one.pid == self.row.applicant
            adult = not is_minor(one.born_on, self.on)
            consent, label = _consent(one, adult, one.counts, agreed)
            rows.append(
                Member(
                    ref=one.ref,
                    pid=one.pid,
                    name=one.name,
                    relation_label=relation_words(one.relation, is_applicant=applicant, applicant_is_head=head),
                    age=age_on(one.born_on, self.on),
                    is_applicant=applicant,
                    is_adult=adult,
                    proposed=one.proposed,
                    together=one.together,
                    counts=one.counts,
                    counted_reason=one.counted_reason,
                    consent=consent,
                    consent_label=label,
                    notes=() if one.proposed else ("登记信息里没有",),
                )
            )
        return tuple(rows)

    def _question(self, one: Question) -> QuestionRow:
        offered = differences.choices_of(one.kind, one.said_fen, one.found_fen, one.key)
        return QuestionRow(
            ref=one.ref,
            kind=one.kind,
            whose=next((member.name for member in self.members if member.pid and member.pid == one.pid), ""),
            heading=one.heading,
            data_says=one.data_says,
            person_says=one.person_says,
            found_fen=one.found_fen,
            said_fen=one.said_fen,
            source=source_of(one.dataset or _should_know(one), one.as_of, one.batch, one.row_no),
            explanations=kinds()[one.kind].explanations,
            choices=tuple((code, core.QUESTION_CHOICES[code]) for code in offered),
            choice=one.choice,
            choice_label=core.QUESTION_CHOICES.get(one.choice, ""),
            amount_fen=one.amount_fen,
            reason=one.reason,
            is_settled=one.choice not in core.OPEN_CHOICES,
            judged_at=one.judged_at,
            judged_by=self._name(one.judged_by),
            said=self.said.get(one.key, ()),
            answers=tuple(kinds()[one.kind].answers.items()),
            paper=kinds()[one.kind].paper,
        )

    def _assessments(self) -> tuple[AssessmentRow, ...]:
        latest: dict[str, Assessment] = {}
        found = Assessment.objects.filter(case=self.row).order_by("-id")[: 1 + len(core.road(self.row.programme).also)]
        for one in found:
            latest.setdefault(one.programme, one)
        return tuple(assessment_row(latest[code]) for code in core.roads() if code in latest)

    def _needs(self, one: Survey) -> tuple[NeedRow, ...]:
        return tuple(
            NeedRow(code, core.NEED_AREAS[code], level, core.NEED_LEVELS[level], said)
            for code, (level, said) in one.needs.items()
        )

    def _survey(self, one: Survey) -> SurveyRow:
        papers = {role for survey, role in self.survey_papers if survey == one.pk}
        return SurveyRow(
            ref=one.ref,
            on=one.on,
            level=one.level,
            way_label=SURVEY_WAYS[one.way],
            investigators=tuple(self.names.get(ref, "") for ref in (one.first, one.second)),
            signed_by=one.signed_by,
            unsigned=tuple(SIGNERS[code] for code in unsigned(papers, one.way, one.unsigned)),
            why_unsigned=f"{UNSIGNED[one.unsigned]}：{one.unsigned_words}（{one.witness}见证）" if one.unsigned else "",
            answers=tuple(one.answers.items()),
            needs=self._needs(one),
            note=one.note,
            at=one.at,
        )

    def _opinion(self, one: Opinion) -> OpinionRow:
        return OpinionRow(
            ref=one.ref,
            kind=one.kind,
            kind_label=core.OPINIONS[one.kind],
            members=one.members,
            amount_fen=one.amount_fen,
            reason=one.reason,
            differs=one.differs,
            differs_reason=one.differs_reason,
            at=one.at,
            by=self._name(one.by),
        )

    def _showing(self, one: Showing) -> ShowingRow:
        return showing_row(one, self._place(one.area), [row for row in self.objections if row.showing_id == one.pk])

    def _clocks(self) -> tuple[ClockRow, ...]:
        """The newest clock of each kind: first those running, the nearest last day before others, then those that ended."""
        newest = {one.kind: one for one in self.clocks}
        rows = [
            ClockRow(
                code=Clock(one.kind),
                label=Clock(one.kind).label,
                basis=one.basis,
                due_on=one.due_on,
                done_on=today(one.done_at) if one.done_at else None,
                is_overdue=Clock(one.kind) not in core.NOBODY_LATE
                and (today(one.done_at) if one.done_at else self.on) > one.due_on,
            )
            for one in newest.values()
        ]
        return tuple(sorted(rows, key=lambda one: (one.done_on is not None, one.due_on)))

    def _acts(self) -> tuple[Done, ...]:
        found = []
        for line in self.journal:
            room, _, act = line.act.partition(".")
            if room == "casework" and act in ACT_WORDS:
                for_whom = self.names.get(line.detail.get("for", ""), "")
                who = self._name(line.by) + (f"（代{for_whom}）" if for_whom else "")
                found.append(Done(line.at, who, ACT_WORDS[act]))
        return tuple(found)

    def _name(self, by: str) -> str:
        kind, _, ref = by.partition(":")
        if kind == "clerk":
            return self.names.get(ref, "工作人员")
        if kind == "resident":
            return "本人" if ref == self.row.applicant else "代办人" if ref == self.row.proxy else "群众"
        return "系统" if kind == "system" else ""

    def _moves(self, state: State) -> tuple[MoveRow, ...]:
        rows = []
        programme, level = self.row.programme, self.row.level
        for act in core.moves_from(programme, state):
            line = core.moves(programme)[act]
            why_not = self._why_not(act, line.permit_at(level))
            rows.append(MoveRow(act, line.label, not why_not, why_not))
        return tuple(rows)

    def _why_not(self, act: str, permit: str) -> str:
        if not permit:
            return "到期自动转" if act == "end_showing" else "" if self.viewer.may("case.register") else "由家里人或镇里办"
        if not self.viewer.may(permit):
            return f"您的岗位不能{office_core.label_of(permit)}"
        if self.row.near_kin_clerk and self.row.near_kin_clerk == self.viewer.ref:
            return "您是这户的近亲属，要回避"
        before = office_core.clash(permit, self._earlier_acts())
        if before:
            return f"这件的“{office_core.label_of(before)}”是您办的，要由另一位同志来定"
        if act == "ask_once" and self.row.asked_for:
            return "已经一次告知过了"
        if act in ("confirm", "refuse") and self._own_visit_missing():
            return "近亲属备案或有人提过意见的，县里要先自己入户看一次"
        if act in ("confirm", "refuse") and (lacking := self._random_check()):
            return lacking
        if act == "confirm" and self.opinions and self.opinions[-1].kind == "refuse":
            return "镇里建议的是不确认，没有公示过"
        return ""

    def _random_check(self) -> str:
        if all(one.code != "random_check" for one in core.road(self.row.programme).procedure.demands):
            return ""
        if self.row.is_drawn is None:
            return "还没有抽号，抽过号才能定"
        seen = any(one.level == "county" for one in self.surveys)
        return "这一户抽中了，县里要先自己入户看一次" if self.row.is_drawn and not seen else ""

    def _earlier_acts(self) -> set[str]:
        refs = {self.viewer.ref, *(ref for ref, _ in self.viewer.standing)}  # who stands in is one pair of eyes with the one away
        me = {f"clerk:{ref}" for ref in refs}
        acts = {"case.accept"} if self.row.accepted_by in me else set()
        acts |= {"case.propose"} if any(one.by in me for one in self.opinions) else set()
        visited = any(not refs.isdisjoint((one.first, one.second)) for one in self.surveys if one.level == "township")
        return acts | ({"case.survey"} if visited else set())

    def _own_visit_missing(self) -> bool:
        called_for = self.row.is_near_kin or bool(self.objections)
        return called_for and not any(one.level == "county" for one in self.surveys)

    def _earlier(self) -> tuple[Earlier, ...]:
        before = Case.objects.filter(applicant=self.row.applicant, pk__lt=self.row.pk).order_by("-pk")
        found = before.only("ref", "receipt", "programme", "submitted_at", "state")[:5]
        return tuple(
            Earlier(one.ref, one.receipt, core.road(one.programme).label, today(one.submitted_at), State(one.state).label)
            for one in found
        )


def _should_know(one: Question) -> str:
    """The source that should know, where no row was found."""
    return one.key.partition(":")[2] if one.kind == "silent" else differences.SOURCE_OF.get(one.kind, "hukou")


def _consent(one: CaseMember, adult: bool, counting: bool, agreed: set[str]) -> tuple[str, str]:
    if not counting:
        return "not_needed", "不用查"
    if one.pid in agreed:
        return ("given", "同意核对了") if adult else ("guardian", "监护人替他同意了")
    if not one.pid:
        return "missing", "先补身份信息，再签同意"
    return "missing", "还没同意核对"


def account_label(row: Case) -> str:
    """Where the money goes, in words; only the tail of the number."""
    if row.account_way == "none" or not row.account:
        return core.ACCOUNT_WAYS["none"] if row.account_way == "none" else "还没有账号"
    return f"{row.account_bank or '银行卡'}，尾号 {row.account[-4:]}"


def assessment_row(one: Assessment) -> AssessmentRow:
    """An assessment as it was kept, whatever the rules say now."""
    trace: dict[str, Any] = one.trace
    return AssessmentRow(
        ref=one.ref,
        programme=one.programme,
        programme_label=core.road(one.programme).label,
        on=one.on,
        outcome=one.outcome,
        outcome_label=OUTCOMES[one.outcome],
        members=one.members,
        income_fen=one.income_fen,
        standard_fen=one.standard_fen,
        amount_fen=one.amount_fen,
        conditions=conditions_of(trace),
        table=tuple(
            TableLine(
                row["what"],
                row["whose"],
                row["source"],
                date.fromisoformat(row["as_of"]) if row["as_of"] else None,
                row["fen"],
                row["counted"],
                row["why"],
            )
            for row in one.table
        ),
        sentences=tuple(row["says"] for row in trace["steps"] if row["says"]),
        unknown=tuple(f"{row['label']}：{row['settle']}" if row["settle"] else row["label"] for row in trace["unknowns"]),
        pack=one.pack,
        at=one.at,
    )


def conditions_of(trace: dict[str, Any]) -> tuple[Condition, ...]:
    """The conditions of a trace, to read."""
    return tuple(
        Condition(row["label"] or row["name"], row["says"], HOLDS[row["state"]], row["article"]) for row in trace["conditions"]
    )


def showing_row(one: Showing, area_label: str, objections: list[Objection]) -> ShowingRow:
    return ShowingRow(
        ref=one.ref,
        shown_name=one.shown_name,
        area_label=area_label,
        members=one.members,
        amount_fen=one.amount_fen,
        from_on=one.from_on,
        to_on=one.to_on,
        state=one.state,
        objections=tuple(ObjectionRow(row.ref, row.said, row.who, row.at, row.answer, row.answered_at) for row in objections),
    )


def decision_row(one: Decision, names: dict[str, str], county_label: str) -> DecisionRow:
    """A decision with the words and days of its letter."""
    return DecisionRow(
        ref=one.ref,
        kind=one.kind,
        kind_label=core.DECISION_LABELS[one.kind],
        article=one.article,
        reason=one.reason,
        one_thing=one.one_thing,
        differs=one.differs,
        differs_reason=one.differs_reason,
        members=one.members,
        amount_fen=one.amount_fen,
        from_month=one.from_month,
        on=one.on,
        notice_due_on=one.notice_due_on,
        served_on=today(one.served_at) if one.served_at else None,
        reconsider_until=one.reconsider_until,
        reconsider_at=f"{county_label}人民政府",
        lawsuit_until=one.lawsuit_until,
        by=names.get(one.by.partition(":")[2], ""),
    )


def benefit_row(one: Benefit, case_ref: str) -> BenefitRow:
    return BenefitRow(
        ref=one.ref,
        case_ref=case_ref,
        programme=one.programme,
        programme_label=core.road(one.programme).label,
        area=one.area,
        members=one.members,
        amount_fen=one.amount_fen,
        from_month=one.from_month,
        to_month=one.to_month,
        review_due_on=one.review_due_on,
        review_state=one.review_state,
    )
