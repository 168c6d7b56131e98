"""Papers of a case: what was printed, as it was printed; how a letter reached the family; what came back signed."""

from __future__ import annotations

from secrets import token_hex
from typing import ClassVar

from django.db import models
from django.db.models import Q

from doudi.casework.core.papers import LEGIBLE, WAYS
from doudi.casework.models.case import Case
from doudi.casework.models.refs import new_row_ref, together
from doudi.office.fields import SealedJSON, SealedText


def new_token() -> str:
    """What the picture on a paper leads to; nobody can guess it."""
    return token_hex(12)


class Sheet(models.Model):
    """A paper of the catalogue as it was printed for a case, a letter among them: its words never change afterwards.

    The same words about the same thing are the same sheet; a letter about one decision is written once. The drawn PDF lies in
    the office's store of papers, so that a second print has the same bytes.
    """

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    token = models.CharField(max_length=24, unique=True, default=new_token)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="sheets")
    number = models.PositiveSmallIntegerField()  # counted within the case, printed behind its receipt
    code = models.CharField(max_length=30)  # an entry of papers.toml
    about = models.CharField(max_length=40, blank=True)  # ref of the decision, award or claim a letter tells of
    body = SealedJSON()
    sha256 = models.CharField(max_length=64)  # of the body
    on = models.DateField()
    serve_by = models.DateField(null=True, blank=True)  # letters: the last day to hand it over
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    paper = models.CharField(max_length=22, blank=True)  # ref of the office's paper: the PDF
    pages = models.PositiveSmallIntegerField(default=0)
    drawn_at = models.DateTimeField(null=True, blank=True)
    drawn_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "token": "internal",
        "case": "internal",
        "number": "internal",
        "code": "internal",
        "about": "internal",
        "body": "sensitive",
        "sha256": "internal",
        "on": "internal",
        "serve_by": "internal",
        "at": "internal",
        "by": "internal",
        "paper": "internal",
        "pages": "internal",
        "drawn_at": "internal",
        "drawn_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="sheet_number_once"),
            models.UniqueConstraint(fields=["case", "code", "sha256"], condition=Q(about=""), name="sheet_same_words_once"),
            models.UniqueConstraint(fields=["code", "about"], condition=~Q(about=""), name="sheet_letter_once"),
            together("sheet_drawn_whole", "drawn_at", "drawn_by"),
            models.CheckConstraint(condition=Q(paper="", pages=0) | (~Q(paper="") & Q(pages__gt=0)), name="sheet_drawn_pages"),
        ]

    def __str__(self) -> str:
        return self.ref


class Service(models.Model):
    """One try to bring a letter to the family: how, when, who took it, who saw it. Never changed; the next try is a new row."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="services")
    way = models.CharField(max_length=10)
    on = models.DateField()
    receiver = SealedText(default="")  # who took it, and what they are to the applicant
    first_witness = SealedText(default="")
    second_witness = SealedText(default="")
    mail_number = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "sheet": "internal",
        "way": "internal",
        "on": "internal",
        "receiver": "personal",
        "first_witness": "personal",
        "second_witness": "personal",
        "mail_number": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(way__in=list(WAYS)), name="service_way"),
            models.CheckConstraint(condition=~Q(way="posted") | ~Q(mail_number=""), name="service_mail_number"),
            models.UniqueConstraint(fields=["sheet", "way", "on"], name="service_once"),
        ]

    def __str__(self) -> str:
        return self.ref


class Scan(models.Model):
    """A photograph of one page of a paper that came back signed. What is unreadable is added again, never replaced."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="scans")
    code = models.CharField(max_length=30)  # an entry of papers.toml
    sheet = models.ForeignKey(Sheet, null=True, blank=True, on_delete=models.PROTECT, related_name="scans")
    page = models.PositiveSmallIntegerField()
    paper = models.CharField(max_length=22)  # ref of the office's paper
    legible = models.CharField(max_length=8)  # as a person says who looked at it
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "code": "internal",
        "sheet": "internal",
        "page": "internal",
        "paper": "internal",
        "legible": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(legible__in=list(LEGIBLE)), name="scan_legible"),
            models.CheckConstraint(condition=Q(page__gte=1), name="scan_page"),
            models.UniqueConstraint(fields=["case", "code", "page", "paper"], name="scan_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["case", "code", "page"], name="scan_pages")]

    def __str__(self) -> str:
        return self.ref


class Retirement(models.Model):
    """A person agreed that the papers of one class of a closed case go, because their time is over; once and for ever."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="retirements")
    keeps = models.CharField(max_length=10)  # a class of papers.toml
    kept_until = models.DateField()
    sheets = models.PositiveIntegerField()
    scans = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "keeps": "internal",
        "kept_until": "internal",
        "sheets": "internal",
        "scans": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "keeps"], name="retirement_once"),
            models.CheckConstraint(condition=Q(sheets__gt=0) | Q(scans__gt=0), name="retirement_of_something"),
        ]

    def __str__(self) -> str:
        return self.ref
