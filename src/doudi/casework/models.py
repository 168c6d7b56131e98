"""Applications, cases and what was said, found, seen, judged, shown and decided in them, and the help that follows."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from doudi.casework.core import State
from doudi.office.fields import SealedJSON, SealedText


def new_draft_ref() -> str:
    return "d" + uuid4().hex[:16]


def new_case_ref() -> str:
    return "a" + uuid4().hex[:16]


def new_row_ref() -> str:
    return uuid4().hex[:20]


def _together(name: str, at: str = "at", by: str = "by") -> models.CheckConstraint:
    """Who and when go together."""
    return models.CheckConstraint(
        condition=Q(**{f"{at}__isnull": True, by: ""}) | (Q(**{f"{at}__isnull": False}) & ~Q(**{by: ""})), name=name
    )


class Draft(models.Model):
    """An application being written, kept after every step; what was typed is sealed."""

    ref = models.CharField(max_length=20, unique=True, default=new_draft_ref)
    applicant = models.CharField(max_length=21, db_index=True)
    writer = models.CharField(max_length=80)  # who types: the resident, a proxy or a clerk, as the journal names them
    area = models.CharField(max_length=12)
    programme = models.CharField(max_length=30)
    channel = models.CharField(max_length=12)
    content = SealedJSON()
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=80)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=80)
    case = models.OneToOneField("Case", null=True, blank=True, on_delete=models.PROTECT, related_name="draft")

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "applicant": "personal",
        "writer": "internal",
        "area": "internal",
        "programme": "internal",
        "channel": "internal",
        "content": "sensitive",
        "started_at": "internal",
        "started_by": "internal",
        "saved_at": "internal",
        "saved_by": "internal",
        "case": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["applicant", "writer", "programme"], condition=Q(case__isnull=True), name="draft_one_open"
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class ReceiptCounter(models.Model):
    """The last receipt number given in a county in a year; the row is locked while one is given, so there are no gaps."""

    county = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    PRIVACY: ClassVar = {"id": "internal", "county": "open", "year": "open", "last": "open"}

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["county", "year"], name="receipt_counter_once")]

    def __str__(self) -> str:
        return f"{self.county} {self.year} {self.last}"


class Case(models.Model):
    """One application for one programme and where it stands."""

    ref = models.CharField(max_length=20, unique=True, default=new_case_ref)
    receipt = models.CharField(max_length=20, unique=True)
    programme = models.CharField(max_length=30)
    state = models.CharField(max_length=16, choices=[(state.value, state.label) for state in State])
    version = models.PositiveIntegerField(default=1)
    area = models.CharField(max_length=12)
    applicant = models.CharField(max_length=21, db_index=True)
    household = models.CharField(max_length=21, blank=True)
    name = SealedText()
    masked_name = models.CharField(max_length=40)
    channel = models.CharField(max_length=12)
    origin = models.CharField(max_length=12, default="application")  # application | visit
    alert_ref = models.CharField(max_length=40, blank=True, db_index=True)
    visit_ref = models.CharField(max_length=40, blank=True)
    proxy = models.CharField(max_length=21, blank=True)
    proxy_relation = models.CharField(max_length=20, blank=True)
    hardships = models.JSONField(default=list)
    story = SealedText(default="")
    account_way = models.CharField(max_length=10, blank=True)
    account_bank = models.CharField(max_length=60, blank=True)
    account = SealedText(default="")
    is_urgent = models.BooleanField(default=False)
    is_near_kin = models.BooleanField(default=False)
    near_kin_of = SealedText(default="")
    near_kin_clerk = models.CharField(max_length=20, blank=True)  # the clerk's opaque ref, who steps back
    in_doubt = models.BooleanField(default=False)  # for the county's second pile
    handler = models.CharField(max_length=20, blank=True, db_index=True)  # the clerk's opaque ref
    rank = models.PositiveSmallIntegerField(default=1)  # 0 urgent, 1 others: first sort key of inboxes
    due_on = models.DateField()  # the clock that runs out next: second sort key
    contact_by = models.DateField()
    whole_due_on = models.DateField(null=True, blank=True)
    extended_reason = models.CharField(max_length=300, blank=True)
    asked_for = models.CharField(max_length=300, blank=True)
    submitted_at = models.DateTimeField()
    submitted_by = models.CharField(max_length=80)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.CharField(max_length=80, blank=True)
    investigated_at = models.DateTimeField(null=True, blank=True)
    investigated_by = models.CharField(max_length=80, blank=True)
    at_county_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=80, blank=True)
    check_ref = models.CharField(max_length=20, blank=True)  # the latest check of verification
    answers_taken = models.PositiveIntegerField(default=0)  # answers to it that came later and were taken in here

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "receipt": "internal",
        "programme": "internal",
        "state": "internal",
        "version": "internal",
        "area": "internal",
        "applicant": "personal",
        "household": "personal",
        "name": "personal",
        "masked_name": "personal",
        "channel": "internal",
        "origin": "internal",
        "alert_ref": "internal",
        "visit_ref": "internal",
        "proxy": "personal",
        "proxy_relation": "personal",
        "hardships": "sensitive",
        "story": "sensitive",
        "account_way": "internal",
        "account_bank": "personal",
        "account": "sensitive",
        "is_urgent": "internal",
        "is_near_kin": "internal",
        "near_kin_of": "personal",
        "near_kin_clerk": "internal",
        "in_doubt": "internal",
        "handler": "internal",
        "rank": "internal",
        "due_on": "internal",
        "contact_by": "internal",
        "whole_due_on": "internal",
        "extended_reason": "internal",
        "asked_for": "internal",
        "submitted_at": "internal",
        "submitted_by": "internal",
        "accepted_at": "internal",
        "accepted_by": "internal",
        "investigated_at": "internal",
        "investigated_by": "internal",
        "at_county_on": "internal",
        "closed_at": "internal",
        "closed_by": "internal",
        "check_ref": "internal",
        "answers_taken": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=[state.value for state in State]), name="case_state"),
            _together("case_accepted_whole", "accepted_at", "accepted_by"),
            _together("case_investigated_whole", "investigated_at", "investigated_by"),
            _together("case_closed_whole", "closed_at", "closed_by"),
            models.UniqueConstraint(fields=["visit_ref", "programme"], condition=~Q(visit_ref=""), name="case_visit_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "rank", "due_on", "id"], name="case_inbox"),
            models.Index(fields=["area", "state"], name="case_area"),
        ]

    def __str__(self) -> str:
        return self.receipt


class CaseMember(models.Model):
    """Somebody of the family as this case sees them: what the register proposed, what the family said, what was settled."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="members")
    pid = models.CharField(max_length=21, blank=True, db_index=True)  # empty: the register does not know them
    name = SealedText()
    relation = models.CharField(max_length=20)
    born_on = models.DateField(null=True, blank=True)
    proposed = models.BooleanField(default=True)  # by the register
    together = models.BooleanField(null=True)  # said by the family; None: not said
    counted = models.BooleanField(null=True)  # settled by the township; None: as said
    counted_reason = models.CharField(max_length=300, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    counted_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "pid": "personal",
        "name": "personal",
        "relation": "personal",
        "born_on": "personal",
        "proposed": "internal",
        "together": "personal",
        "counted": "personal",
        "counted_reason": "sensitive",
        "counted_at": "internal",
        "counted_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "pid"], condition=~Q(pid=""), name="case_member_once"),
            _together("case_member_counted_whole", "counted_at", "counted_by"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def counts(self) -> bool:
        """Whether they count as living together: as settled, else as the family said, else as the register proposes."""
        if self.counted is not None:
            return self.counted
        return self.together if self.together is not None else self.proposed


class Supporter(models.Model):
    """Somebody outside the household who has to support one of it by law; asked only about that, on their own sheet."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="supporters")
    pid = models.CharField(max_length=21, db_index=True)
    name = SealedText()
    supports = models.CharField(max_length=21)  # pid of the member
    relation = models.CharField(max_length=20)  # to that member
    place = SealedText(default="")  # where they live, in words
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "pid": "personal",
        "name": "personal",
        "supports": "personal",
        "relation": "personal",
        "place": "personal",
        "at": "internal",
        "by": "internal",
        "removed_at": "internal",
        "removed_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "pid"], condition=Q(removed_at__isnull=True), name="supporter_once"),
            _together("supporter_removed_whole", "removed_at", "removed_by"),
        ]

    def __str__(self) -> str:
        return self.ref


class Line(models.Model):
    """A line of income: what a source says a month, and what the family says."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="lines")
    pid = models.CharField(max_length=21, blank=True)
    kind = models.CharField(max_length=20)
    found_fen = models.BigIntegerField(null=True, blank=True)
    said = models.CharField(max_length=10, blank=True)  # right | wrong | "" not said
    said_fen = models.BigIntegerField(null=True, blank=True)
    dataset = models.CharField(max_length=40, blank=True)
    batch = models.BigIntegerField(null=True, blank=True)
    row_no = models.BigIntegerField(null=True, blank=True)
    as_of = models.DateField(null=True, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "pid": "personal",
        "kind": "sensitive",
        "found_fen": "sensitive",
        "said": "sensitive",
        "said_fen": "sensitive",
        "dataset": "internal",
        "batch": "internal",
        "row_no": "internal",
        "as_of": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(found_fen__isnull=True) | Q(found_fen__gte=0)) & (Q(said_fen__isnull=True) | Q(said_fen__gte=0)),
                name="line_money",
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Question(models.Model):
    """A difference between what was found and what was said, for a person to settle; never a verdict."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="questions")
    key = models.CharField(max_length=80)  # what it is about; a second check does not ask twice
    kind = models.CharField(max_length=30)
    pid = models.CharField(max_length=21, blank=True)
    heading = SealedText()
    data_says = SealedText()
    person_says = SealedText()
    found_fen = models.BigIntegerField(null=True, blank=True)
    said_fen = models.BigIntegerField(null=True, blank=True)
    dataset = models.CharField(max_length=40, blank=True)
    batch = models.BigIntegerField(null=True, blank=True)
    row_no = models.BigIntegerField(null=True, blank=True)
    as_of = models.DateField(null=True, blank=True)
    choice = models.CharField(max_length=20, blank=True)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    reason = SealedText(default="")
    judged_at = models.DateTimeField(null=True, blank=True)
    judged_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "key": "internal",
        "kind": "internal",
        "pid": "personal",
        "heading": "sensitive",
        "data_says": "sensitive",
        "person_says": "sensitive",
        "found_fen": "sensitive",
        "said_fen": "sensitive",
        "dataset": "internal",
        "batch": "internal",
        "row_no": "internal",
        "as_of": "internal",
        "choice": "sensitive",
        "amount_fen": "sensitive",
        "reason": "sensitive",
        "judged_at": "internal",
        "judged_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "key"], name="question_once"),
            _together("question_judged_whole", "judged_at", "judged_by"),
        ]

    def __str__(self) -> str:
        return self.ref


class Survey(models.Model):
    """A household visit of a case: two investigators, a member of the family who signs, answers and needs (D57 Art. 16)."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="surveys")
    on = models.DateField()
    level = models.CharField(max_length=10, default="township")  # township | county (the county's own visit, Art. 20)
    first = models.CharField(max_length=20)  # opaque refs of the investigators
    second = models.CharField(max_length=20)
    signed_by = SealedText()
    answers = SealedJSON(default=dict)
    needs = SealedJSON(default=dict)
    note = SealedText(default="")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "on": "internal",
        "level": "internal",
        "first": "internal",
        "second": "internal",
        "signed_by": "personal",
        "answers": "sensitive",
        "needs": "sensitive",
        "note": "sensitive",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(first=F("second")), name="survey_two_people"),
            models.CheckConstraint(condition=Q(level__in=["township", "county"]), name="survey_level"),
        ]

    def __str__(self) -> str:
        return self.ref


class Assessment(models.Model):
    """What the rules said on a day from the facts kept here, with their sources; never changed, never a decision."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assessments")
    programme = models.CharField(max_length=30)
    on = models.DateField()
    area = models.CharField(max_length=12)
    outcome = models.CharField(max_length=10)  # yes | no | unknown
    members = models.PositiveSmallIntegerField()
    income_fen = models.BigIntegerField(null=True, blank=True)
    standard_fen = models.BigIntegerField(null=True, blank=True)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    pack = models.CharField(max_length=64)
    facts = SealedJSON()
    table = SealedJSON()
    trace = SealedJSON()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "programme": "internal",
        "on": "internal",
        "area": "internal",
        "outcome": "sensitive",
        "members": "personal",
        "income_fen": "sensitive",
        "standard_fen": "open",
        "amount_fen": "sensitive",
        "pack": "open",
        "facts": "sensitive",
        "table": "sensitive",
        "trace": "sensitive",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(outcome__in=["yes", "no", "unknown"]), name="assessment_outcome"),
        ]

    def __str__(self) -> str:
        return self.ref


class Opinion(models.Model):
    """The township's first opinion: whether to help, with how much, and why in plain words (D57 Art. 19)."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="opinions")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="opinions")
    kind = models.CharField(max_length=10)
    members = models.PositiveSmallIntegerField()
    amount_fen = models.BigIntegerField()
    reason = SealedText()
    differs = models.BooleanField(default=False)
    differs_reason = SealedText(default="")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "assessment": "internal",
        "kind": "sensitive",
        "members": "personal",
        "amount_fen": "sensitive",
        "reason": "sensitive",
        "differs": "internal",
        "differs_reason": "sensitive",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["help", "refuse"]), name="opinion_kind"),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="opinion_money"),
        ]

    def __str__(self) -> str:
        return self.ref


class Showing(models.Model):
    """What stood on the village's board, from a day to a day: a masked name, how many people, how much; nothing else."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="showings")
    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, related_name="showings")
    area = models.CharField(max_length=12)
    programme = models.CharField(max_length=30)
    shown_name = models.CharField(max_length=40)
    members = models.PositiveSmallIntegerField()
    amount_fen = models.BigIntegerField()
    from_on = models.DateField()
    to_on = models.DateField()  # the last day shown
    state = models.CharField(max_length=10, default="running")  # running | ended | stopped (objection, withdrawn)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "opinion": "internal",
        "area": "open",
        "programme": "open",
        "shown_name": "personal",
        "members": "personal",
        "amount_fen": "personal",
        "from_on": "open",
        "to_on": "open",
        "state": "internal",
        "ended_at": "internal",
        "ended_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="running"), name="showing_one_running"),
            models.CheckConstraint(condition=Q(state__in=["running", "ended", "stopped"]), name="showing_state"),
            models.CheckConstraint(condition=Q(to_on__gt=F("from_on")), name="showing_days"),
            _together("showing_ended_whole", "ended_at", "ended_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "area", "to_on"], name="showing_list")]

    def __str__(self) -> str:
        return self.ref


class Objection(models.Model):
    """What somebody said against a showing; it stops only that household."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    showing = models.ForeignKey(Showing, on_delete=models.PROTECT, related_name="objections")
    said = SealedText()
    who = SealedText(default="")
    phone = SealedText(default="")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    answer = SealedText(default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "showing": "internal",
        "said": "sensitive",
        "who": "sensitive",
        "phone": "sensitive",
        "at": "internal",
        "by": "internal",
        "answer": "sensitive",
        "answered_at": "internal",
        "answered_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [_together("objection_answered_whole", "answered_at", "answered_by")]

    def __str__(self) -> str:
        return self.ref


class Decision(models.Model):
    """What a named person of the county decided, on which assessment, why, and how to appeal; never the assessment itself."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, related_name="decisions")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=12)
    article = models.CharField(max_length=80, blank=True)
    reason = SealedText()
    one_thing = models.CharField(max_length=300, blank=True)
    differs = models.BooleanField(default=False)
    differs_reason = SealedText(default="")
    members = models.PositiveSmallIntegerField(default=0)
    amount_fen = models.BigIntegerField(default=0)
    from_month = models.DateField(null=True, blank=True)
    on = models.DateField()
    notice_due_on = models.DateField(null=True, blank=True)
    reconsider_until = models.DateField(null=True, blank=True)
    lawsuit_until = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    served_at = models.DateTimeField(null=True, blank=True)
    served_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "opinion": "internal",
        "assessment": "internal",
        "kind": "sensitive",
        "article": "internal",
        "reason": "sensitive",
        "one_thing": "internal",
        "differs": "internal",
        "differs_reason": "sensitive",
        "members": "personal",
        "amount_fen": "sensitive",
        "from_month": "internal",
        "on": "internal",
        "notice_due_on": "internal",
        "reconsider_until": "internal",
        "lawsuit_until": "internal",
        "at": "internal",
        "by": "internal",
        "served_at": "internal",
        "served_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["confirm", "return_one", "refuse"]), name="decision_kind"),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="decision_money"),
            models.UniqueConstraint(fields=["case"], condition=Q(kind__in=["confirm", "refuse"]), name="decision_one_final"),
            _together("decision_served_whole", "served_at", "served_by"),
        ]

    def __str__(self) -> str:
        return self.ref


class Benefit(models.Model):
    """Help in force from a month by a decision; its review goes its own way beside the life of the case."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="benefit")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="benefit")
    programme = models.CharField(max_length=30)
    area = models.CharField(max_length=12)
    payee = models.CharField(max_length=21, db_index=True)
    members = models.PositiveSmallIntegerField()
    amount_fen = models.BigIntegerField()
    from_month = models.DateField()
    to_month = models.DateField(null=True, blank=True)  # the last month it is paid for
    review_due_on = models.DateField()
    review_state = models.CharField(max_length=10, default="none")  # none | called
    called_at = models.DateTimeField(null=True, blank=True)
    called_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "decision": "internal",
        "programme": "internal",
        "area": "internal",
        "payee": "personal",
        "members": "personal",
        "amount_fen": "sensitive",
        "from_month": "internal",
        "to_month": "internal",
        "review_due_on": "internal",
        "review_state": "internal",
        "called_at": "internal",
        "called_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="benefit_money"),
            models.CheckConstraint(condition=Q(to_month__isnull=True) | Q(to_month__gte=F("from_month")), name="benefit_months"),
            models.CheckConstraint(condition=Q(review_state__in=["none", "called"]), name="benefit_review_state"),
            _together("benefit_called_whole", "called_at", "called_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["area", "from_month"], name="benefit_area")]

    def __str__(self) -> str:
        return self.ref
