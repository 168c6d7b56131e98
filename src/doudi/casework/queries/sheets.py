"""Reading the papers of cases: what was printed, how letters reached the family, what came back signed, one household's file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from doudi.casework import core
from doudi.casework.core import papers
from doudi.casework.models import Benefit, Case, CaseMember, Scan, Service, Sheet
from doudi.casework.queries.page import ACT_WORDS, NoCase
from doudi.office import queries as office
from doudi.office.core import Viewer
from doudi.office.queries import today
from doudi.registry import queries as registry


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One try to bring a letter."""

    way_label: str
    on: date
    receiver: str
    witnesses: tuple[str, ...]
    mail_number: str
    by: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A printed paper. `number` as printed: the case's receipt and which paper of it this is."""

    ref: str
    token: str
    case_ref: str
    receipt: str
    masked_name: str
    area: str
    number: str
    code: str
    label: str
    is_letter: bool
    own: bool
    about: str
    body: papers.Body
    sha256: str
    on: date
    serve_by: date | None
    at: datetime
    by: str
    paper: str  # ref of the office's paper; empty: not drawn yet
    pages: int
    services: tuple[ServiceRow, ...] = ()

    @property
    def is_served(self) -> bool:
        return bool(self.services)


@dataclass(frozen=True, slots=True)
class ScanRow:
    """A photographed page of a paper."""

    ref: str
    case_ref: str
    code: str
    label: str
    number: str  # of the sheet it is; empty for a blank form filled in by hand
    page: int
    paper: str
    legible: str
    legible_label: str
    at: datetime
    by: str
    own: bool


@dataclass(frozen=True, slots=True)
class CasePapers:
    """All papers of a case, in the order of the catalogue and then of their making."""

    ref: str
    receipt: str
    sheets: tuple[SheetRow, ...]
    scans: tuple[ScanRow, ...]
    back: frozenset[str] = field(default_factory=frozenset)  # codes of which a legible page came back


@dataclass(frozen=True, slots=True)
class FiledCase:
    """One case of a household's file."""

    ref: str
    receipt: str
    programme: str
    programme_label: str
    applicant: str
    masked_name: str
    state: str
    state_label: str
    submitted_on: date
    closed_on: date | None
    help_until: date | None  # the last month help was paid for; None: none, or still in force
    in_force: bool


@dataclass(frozen=True, slots=True)
class HouseholdFile:
    """一户一档: every case of a household, oldest first. `pid`: whom it was asked for."""

    pid: str
    name: str
    area: str
    area_label: str
    cases: tuple[FiledCase, ...]


def _rows(found: Collection[Sheet]) -> tuple[SheetRow, ...]:
    """Sheets with their services; two queries for any number of them."""
    services: dict[int, list[Service]] = {}
    for one in Service.objects.filter(sheet__in=[sheet.pk for sheet in found]).order_by("on", "id"):
        services.setdefault(one.sheet_id, []).append(one)
    names = _names([one.by for one in found] + [row.by for rows in services.values() for row in rows])
    return tuple(_row(one, services.get(one.pk, []), names) for one in found)


def _names(parties: list[str]) -> dict[str, str]:
    return office.clerk_names(sorted({one.partition(":")[2] for one in parties if one.startswith("clerk:")}))


def _who(by: str, names: dict[str, str]) -> str:
    kind, _, ref = by.partition(":")
    return names.get(ref, "工作人员") if kind == "clerk" else "本人" if kind == "resident" else "系统"


def _row(one: Sheet, services: list[Service], names: dict[str, str]) -> SheetRow:
    paper = papers.catalogue()[one.code]
    return SheetRow(
        ref=one.ref,
        token=one.token,
        case_ref=one.case.ref,
        receipt=one.case.receipt,
        masked_name=one.case.masked_name,
        area=one.case.area,
        number=number_of(one.case.receipt, one.number),
        code=one.code,
        label=paper.label,
        is_letter=paper.is_letter,
        own=paper.own,
        about=one.about,
        body=one.body,
        sha256=one.sha256,
        on=one.on,
        serve_by=one.serve_by,
        at=one.at,
        by=_who(one.by, names),
        paper=one.paper,
        pages=one.pages,
        services=tuple(
            ServiceRow(
                papers.WAYS[row.way], row.on, row.receiver, tuple(filter(None, (row.first_witness, row.second_witness))),
                row.mail_number, _who(row.by, names),
            )
            for row in services
        ),
    )  # fmt: skip


def number_of(receipt: str, number: int) -> str:
    """A paper's number as it is printed."""
    return f"{core.show_receipt(receipt)}-{number:02d}"


def _case(ref: str, viewer: Viewer) -> Case:
    row = Case.objects.filter(ref=ref).first()
    if row is None or not viewer.sees(row.area):
        raise NoCase("没有这件申请，或者不归您看。")
    return row


def papers_of(ref: str, viewer: Viewer) -> CasePapers:
    """The papers of a case.

    :raises NoCase: no such case, or outside the viewer's area
    :raises NotAllowed: the post does not allow it
    """
    viewer.need("case.read")
    return _papers(_case(ref, viewer))


def _papers(case: Case) -> CasePapers:
    order = {code: at for at, code in enumerate(papers.catalogue())}
    sheets = list(Sheet.objects.filter(case=case).select_related("case"))
    scans = list(Scan.objects.filter(case=case).select_related("case", "sheet"))
    sheets.sort(key=lambda one: (order[one.code], one.number))
    scans.sort(key=lambda one: (order[one.code], one.page, one.pk))
    names = _names([one.by for one in (*sheets, *scans)])
    return CasePapers(
        ref=case.ref,
        receipt=case.receipt,
        sheets=_rows(sheets),
        scans=tuple(_scan(one, names) for one in scans),
        back=frozenset(one.code for one in scans if one.legible != "no"),
    )


def _scan(one: Scan, names: dict[str, str]) -> ScanRow:
    paper = papers.catalogue()[one.code]
    return ScanRow(
        ref=one.ref,
        case_ref=one.case.ref,
        code=one.code,
        label=paper.label,
        number=number_of(one.case.receipt, one.sheet.number) if one.sheet else "",
        page=one.page,
        paper=one.paper,
        legible=one.legible,
        legible_label=papers.LEGIBLE[one.legible],
        at=one.at,
        by=_who(one.by, names),
        own=paper.own,
    )


def sheet(ref: str, viewer: Viewer) -> SheetRow:
    """One printed paper, by its ref.

    :raises NoCase: no such paper, or outside the viewer's area
    """
    viewer.need("case.read")
    return _one(Q(ref=ref), viewer)


def letter(ref: str, viewer: Viewer) -> SheetRow:
    """One letter, for whoever brings it: its number, place and masked name matter, not what it says.

    :raises NoCase: no such letter, or outside the viewer's area
    """
    viewer.need("letter.serve")
    found = _one(Q(ref=ref), viewer)
    if not found.is_letter:
        raise NoCase("没有这封信，或者不归您送。")
    return found


@dataclass(frozen=True, slots=True)
class ScanTarget:
    """Where photographs go: a case, and the printed paper when its number was read; nothing of what they say."""

    case_ref: str
    number: str
    receipt: str
    masked_name: str
    area_label: str
    programme: str
    sheet: str  # ref of the printed paper; empty: a blank form, or not known yet
    code: str
    scanned: tuple[ScanRow, ...]


def scan_target(number: str, viewer: Viewer) -> ScanTarget:
    """The case or paper of a number on it: a paper's number, what its picture leads to, or the receipt of a case.

    :raises NoCase: no such number, or outside the viewer's area
    """
    viewer.need("paper.scan")
    token = number.strip().rstrip("/").rpartition("/")[2].replace(" ", "")
    receipt, _, order = token.rpartition("-")
    which = Q(token=token)
    if receipt and order.isdigit():
        which |= Q(case__receipt=core.read_receipt(receipt) or "-", number=int(order))
    found = Sheet.objects.filter(which).select_related("case").first()
    case = found.case if found else Case.objects.filter(receipt=core.read_receipt(token) or "-").first()
    if case is None or not viewer.sees(case.area):
        raise NoCase("没有这个编号的纸，或者不归您办。请再看一眼号码。")
    scanned = (
        Scan.objects.filter(case=case, code=found.code if found else "").select_related("case", "sheet").order_by("page", "id")
    )
    rows = list(scanned)
    names = _names([one.by for one in rows])
    return ScanTarget(
        case_ref=case.ref,
        number=number_of(case.receipt, found.number) if found else core.show_receipt(case.receipt),
        receipt=case.receipt,
        masked_name=case.masked_name,
        area_label=office.area_label(case.area),
        programme=case.programme,
        sheet=found.ref if found else "",
        code=found.code if found else "",
        scanned=tuple(_scan(one, names) for one in rows),
    )


def _one(which: Q, viewer: Viewer) -> SheetRow:
    found = Sheet.objects.filter(which).select_related("case").first()
    if found is None or not viewer.sees(found.case.area):
        raise NoCase("没有这张纸，或者不归您看。")
    return _rows([found])[0]


def letters_to_bring(viewer: Viewer, *, after: int = 0, limit: int = 50) -> tuple[tuple[SheetRow, ...], int]:
    """Letters nobody brought yet, inside the viewer's area, the most urgent first; and where the next page begins (0: none)."""
    viewer.need("letter.serve")
    brought = Service.objects.filter(sheet=OuterRef("pk"))
    codes = [one.code for one in papers.catalogue().values() if one.is_letter]
    waits = Sheet.objects.filter(~Exists(brought), code__in=codes)
    found = waits.filter(case__area__startswith=viewer.within)
    rows = list(found.select_related("case").order_by("serve_by", "id")[after : after + limit + 1])
    return _rows(rows[:limit]), after + limit if len(rows) > limit else 0


def letters_of(ref: str, viewer: Viewer) -> tuple[SheetRow, ...]:
    """The letters of a case, newest first."""
    return tuple(reversed([one for one in papers_of(ref, viewer).sheets if one.is_letter]))


def my_letters(pid: str) -> tuple[SheetRow, ...]:
    """The letters to a resident, newest first; only for the one signed in. A proxy has no letters of their own here."""
    codes = [one.code for one in papers.catalogue().values() if one.is_letter or one.code in ("certificate", "recognition")]
    found = Sheet.objects.filter(case__applicant__in=registry.pids_of(pid), code__in=codes)
    return _rows(list(found.select_related("case").order_by("-on", "-id")[:100]))


def my_letter(ref: str, pid: str) -> SheetRow:
    """One of a resident's own letters.

    :raises NoCase: no such letter, or not theirs
    """
    for one in my_letters(pid):
        if one.ref == ref:
            return one
    raise NoCase("没有这封信，或者不是您的。")


@dataclass(frozen=True, slots=True)
class Checked:
    """What whoever holds a paper may know: that it was printed here, what it is, and whether it still holds; no name."""

    number: str
    label: str
    on: date
    sha256: str
    standing: str  # valid | over | replaced | "" for papers that prove nothing
    valid_until: date | None


def check_paper(token: str, *, on: date) -> Checked | None:
    """The paper with this picture, or None."""
    found = Sheet.objects.filter(token=token).select_related("case").first()
    if found is None:
        return None
    paper, standing, until = papers.catalogue()[found.code], "", None
    if paper.code in ("certificate", "recognition"):
        benefit = Benefit.objects.filter(case=found.case).first()
        newer = Sheet.objects.filter(case=found.case, code=found.code, number__gt=found.number).exists()
        until = date.fromisoformat(found.body["valid_until"])
        over = until < on or benefit is None or (benefit.to_month is not None and benefit.to_month < on.replace(day=1))
        standing = "replaced" if newer else "over" if over else "valid"
    return Checked(number_of(found.case.receipt, found.number), paper.label, found.on, found.sha256, standing, until)


# ---- one household, one file --------------------------------------------------------------------------------------------


def household_file(pid: str, viewer: Viewer) -> HouseholdFile:
    """Every case of the household a person belongs to: those they applied for, and those of the same household of the register.

    :raises NoCase: no case here
    """
    viewer.need("file.read")
    found = [one for one in _of_household(registry.pids_of(pid)) if viewer.sees(one.area)]
    if not found:
        raise NoCase("这一户在这里还没有案卷，或者不归您看。")
    return _file(pid, found)


def my_file(pid: str) -> HouseholdFile | None:
    """A resident's own file: the cases they applied for themselves; None before the first."""
    found = list(Case.objects.filter(applicant__in=registry.pids_of(pid)).order_by("submitted_at", "pk"))
    return _file(pid, found) if found else None


def _of_household(pids: Collection[str]) -> list[Case]:
    homes = Case.objects.filter(applicant__in=pids).exclude(household="").values_list("household", flat=True)
    mine = CaseMember.objects.filter(pid__in=pids).exclude(counted=False).exclude(together=False).values("case")
    which = Q(applicant__in=pids) | Q(household__in=list(homes)) | Q(pk__in=mine)
    return list(Case.objects.filter(which).order_by("submitted_at", "pk"))


def _file(pid: str, found: list[Case]) -> HouseholdFile:
    benefits = {one.case_id: one for one in Benefit.objects.filter(case__in=[case.pk for case in found])}
    latest = found[-1]
    return HouseholdFile(
        pid=pid,
        name=latest.name,
        area=latest.area,
        area_label=office.area_label(latest.area),
        cases=tuple(_filed(one, benefits.get(one.pk)) for one in found),
    )


def _filed(one: Case, benefit: Benefit | None) -> FiledCase:
    return FiledCase(
        ref=one.ref,
        receipt=one.receipt,
        programme=one.programme,
        programme_label=core.road(one.programme).label,
        applicant=one.applicant,
        masked_name=one.masked_name,
        state=one.state,
        state_label=core.State(one.state).label,
        submitted_on=today(one.submitted_at),
        closed_on=today(one.closed_at) if one.closed_at else None,
        help_until=benefit.to_month if benefit else None,
        in_force=benefit is not None and benefit.to_month is None,
    )


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act on a case, with its line of the journal."""

    seq: int
    at: datetime
    who: str
    what: str


# What the family reads of who did what: never who objected, what neighbours said, or whose kin they are thought to be.
OWN_ACTS = frozenset(
    {
        *("submit", "open_case", "accept", "ask_once", "supplement", "assign", "record_consent", "request_check", "judge"),
        *("count_member", "survey", "assess", "extend", "propose", "end_showing", "resend", "confirm", "return_one", "refuse"),
        *("serve_letter", "print_sheet", "scan", "withdraw", "export_file"),
    }
)
PAPER_ACTS = {
    "print_sheet": "印了一张纸",
    "keep_drawn": "存下了印好的 PDF",
    "serve_letter": "送信",
    "scan": "交回签好的纸",
    "export_file": "导出一户一档",
}


def in_file(filed: HouseholdFile, *, own: bool) -> tuple[tuple[CasePapers, tuple[ActRow, ...]], ...]:
    """The papers and acts of each case of a file its reader has read already.

    :param own: only what the family reads in its own file
    """
    rows = {one.ref: one for one in Case.objects.filter(ref__in=[one.ref for one in filed.cases])}
    found = []
    for case in filed.cases:
        held = _papers(rows[case.ref])
        if own:
            held = replace(
                held, sheets=tuple(one for one in held.sheets if one.own), scans=tuple(one for one in held.scans if one.own)
            )
        found.append((held, _acts(rows[case.ref], own=own)))
    return tuple(found)


def _acts(case: Case, *, own: bool) -> tuple[ActRow, ...]:
    lines = office.journal_of(case.ref, limit=1000)
    names, words, found = _names([one.by for one in lines]), ACT_WORDS | PAPER_ACTS, []
    for one in lines:
        room, _, act = one.act.partition(".")
        if own and (room != "casework" or act not in OWN_ACTS):
            continue
        found.append(ActRow(one.seq, one.at, _who(one.by, names), words.get(act, one.act) if room == "casework" else one.act))
    return tuple(found)
