"""Papers of a case: the catalogue answers the whole table, a sheet never changes, letters are brought, photographs add up."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

import people
import walk
from doudi.casework import actions, core
from doudi.casework.core import papers
from doudi.casework.models import Benefit, Decision, Retirement, RunningClock, Scan, Service, Sheet
from doudi.casework.queries import sheets
from doudi.casework.queries.keeping import over_time
from doudi.facts import days
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.office.models import JournalEntry
from people import NOON

pytestmark = pytest.mark.django_db
ROWS_OF_THE_TABLE = 15  # lines of the table of papers to print, sign and file
LATER = NOON + timedelta(days=10)


def photograph(shade: int = 200) -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (60, 80), (shade, shade, shade)).save(drawn, "JPEG")
    return drawn.getvalue()


def viewer_of(clerk, act="case.read"):
    found = office.viewer(clerk, act, NOON)
    assert found is not None
    return found


@pytest.fixture
def case(sources):
    return walk.confirmed(walk.applied(people.granny_wang().pid))


def body(words: str = "您申请的，县里定下来了。") -> papers.Body:
    return {"title": "信", "office": "禾安县民政局", "parts": [{"kind": "letter", "heading": "", "lines": [words]}]}


def a_letter(case, *, words: str = "您申请的，县里定下来了。") -> Sheet:
    about = Decision.objects.get(case=case).ref
    return actions.print_sheet(ref=case.ref, code="confirmed", body=body(words), about=about, by=people.clerk_li(), at=LATER)


def test_every_line_of_the_table_of_papers_has_its_entry():
    assert {one.row for one in papers.catalogue().values()} == set(range(1, ROWS_OF_THE_TABLE + 1))


def test_every_entry_is_whole():
    for one in papers.catalogue().values():
        assert bool(one.parts) != bool(one.elsewhere), one.code
        assert one.keeps in papers.keeps() and one.label and one.step, one.code
        assert one.signers or one.code == "file", one.code
        assert set(one.programmes) <= set(core.roads()), one.code
        assert not (one.is_letter and one.is_blank), one.code


def test_the_same_words_are_one_sheet_and_other_words_another(case):
    li = people.clerk_li()
    one = actions.print_sheet(ref=case.ref, code="visit", body=body("一"), by=li, at=NOON)
    assert actions.print_sheet(ref=case.ref, code="visit", body=body("一"), by=li, at=LATER).pk == one.pk
    assert actions.print_sheet(ref=case.ref, code="visit", body=body("二"), by=li, at=LATER).number == one.number + 1
    assert JournalEntry.objects.filter(act="casework.print_sheet").count() == 2


def test_a_letter_about_a_decision_is_written_once_whatever_is_said_later(case):
    first = a_letter(case)
    again = a_letter(case, words="改过的话")
    assert again.pk == first.pk and again.body == first.body and again.sha256 == papers.digest(first.body)
    assert first.serve_by == Decision.objects.get(case=case).notice_due_on


def test_the_first_pdf_is_the_one_that_is_kept(case):
    sheet, li = a_letter(case), people.clerk_li()
    for data in (b"%PDF-1.7 one", b"%PDF-1.7 two"):
        kept = actions.keep_drawn(sheet=sheet.ref, pdf=data, pages=1, certificate="", by=li, at=LATER)
    assert office.paper_bytes([kept.paper])[0][1] == b"%PDF-1.7 one"


@pytest.mark.parametrize(
    ("way", "said", "lacks"),
    [
        ("refused", {"witnesses": ("张三",)}, "2 位"),
        ("refused", {"witnesses": ("张三", "张三")}, "重了"),
        ("read", {}, "1 位"),
        ("kin", {}, "谁收的"),
        ("posted", {}, "邮件"),
        ("thrown", {}, "怎么送到"),
    ],
)
def test_bringing_a_letter_asks_for_what_its_way_needs(case, way, said, lacks):
    sheet = a_letter(case)
    with pytest.raises(NotAllowed, match=lacks):
        actions.serve_letter(sheet=sheet.ref, way=way, on=LATER.date(), by=people.worker_wang(), at=LATER, **said)
    assert not Service.objects.exists()


def test_the_village_brings_a_letter_and_the_clock_of_the_notice_stops(case):
    sheet, wang = a_letter(case), people.worker_wang()
    waiting, _ = sheets.letters_to_bring(viewer_of(wang, "letter.serve"))
    assert [one.ref for one in waiting] == [sheet.ref]
    given = {"sheet": sheet.ref, "way": "read", "on": LATER.date(), "witnesses": ("张大山",), "by": wang, "at": LATER}
    actions.serve_letter(**given)
    with pytest.raises(core.AlreadyDone):
        actions.serve_letter(**given)
    assert Decision.objects.get(case=case).served_at == LATER
    assert not RunningClock.objects.filter(case=case, kind="notice", done_at__isnull=True).exists()
    assert sheets.letters_to_bring(viewer_of(wang, "letter.serve")) == ((), 0)


@pytest.mark.parametrize("days", [-1, 1])
def test_a_letter_is_brought_neither_before_it_was_written_nor_tomorrow(case, days):
    sheet = a_letter(case)
    with pytest.raises(NotAllowed, match="日子"):
        actions.serve_letter(
            sheet=sheet.ref, way="handed", on=LATER.date() + timedelta(days=days), by=people.clerk_li(), at=LATER
        )  # fmt: skip


def test_a_better_photograph_is_added_and_what_was_there_stays(case):
    wang = people.worker_wang()
    given = {"ref": case.ref, "code": "visit", "page": 1, "content_type": "image/jpeg", "by": wang, "at": LATER}
    actions.scan(legible="no", data=photograph(10), **given)
    actions.scan(legible="yes", data=photograph(200), **given)
    actions.scan(legible="yes", data=photograph(200), **given)  # pressed twice
    assert [one.legible for one in Scan.objects.order_by("pk")] == ["no", "yes"]
    filed = sheets.papers_of(case.ref, viewer_of(people.clerk_li()))
    assert filed.back == {"visit"} and len(filed.scans) == 2


def test_nobody_says_whether_it_can_be_read_nothing_is_kept(case):
    with pytest.raises(core.Missing):
        actions.scan(
            ref=case.ref, code="visit", page=1, legible="", content_type="image/jpeg", data=photograph(), by=people.clerk_li(),
            at=LATER,
        )  # fmt: skip
    assert not Scan.objects.exists()


@pytest.mark.parametrize(
    "written", ["{receipt}-{number:02d}", "{shown}-{number:02d}", "http://127.0.0.1:8000/sheet/paper/{token}/", "{token}"]
)
def test_a_paper_is_found_by_its_number_and_by_its_picture(case, written):
    sheet = a_letter(case)
    words = written.format(receipt=case.receipt, shown=core.show_receipt(case.receipt), number=sheet.number, token=sheet.token)
    target = sheets.scan_target(words, viewer_of(people.worker_wang(), "paper.scan"))
    assert (target.sheet, target.code) == (sheet.ref, "confirmed")


def test_by_the_receipt_alone_the_case_is_found_and_no_name_is_told(case):
    target = sheets.scan_target(core.show_receipt(case.receipt), viewer_of(people.worker_wang(), "paper.scan"))
    assert (target.case_ref, target.sheet, target.masked_name) == (case.ref, "", "王*兰")


def test_the_neighbouring_township_and_the_auditor_print_bring_and_scan_nothing(case):
    sheet, on = a_letter(case), LATER.date()
    for clerk in (people.clerk_sun(), people.auditor_chen()):
        for act in (
            lambda by: actions.print_sheet(ref=case.ref, code="visit", body=body("三"), by=by, at=LATER),
            lambda by: actions.keep_drawn(sheet=sheet.ref, pdf=b"%PDF-", pages=1, certificate="", by=by, at=LATER),
            lambda by: actions.serve_letter(sheet=sheet.ref, way="handed", on=on, by=by, at=LATER),
            lambda by: actions.scan(
                ref=case.ref, code="visit", page=1, legible="yes", content_type="image/jpeg", data=photograph(), by=by, at=LATER
            ),
        ):
            with pytest.raises(NotAllowed):
                act(clerk)
    with pytest.raises(NotAllowed):
        sheets.papers_of(case.ref, viewer_of(people.clerk_sun()))


def test_a_file_leaves_with_a_reason_and_a_resident_takes_only_their_own(case):
    granny, given = people.granny_wang().pid, {"pages": 3, "sha256": "0" * 64, "at": LATER}
    with pytest.raises(core.Missing):
        actions.export_file(pid=granny, cases=(case.ref,), whole=True, why=" ", by=people.clerk_li(), **given)
    stranger = Party.resident(people.uncle_zhou().pid)
    for whole, by in ((False, stranger), (True, Party.resident(granny))):
        with pytest.raises(NotAllowed):
            actions.export_file(pid=granny, cases=(case.ref,), whole=whole, why="", by=by, **given)
    actions.export_file(pid=granny, cases=(case.ref,), whole=False, why="", by=Party.resident(granny), **given)
    line = office.journal_of(granny)[-1]
    assert (line.act, line.detail["cases"], line.detail["whole"]) == ("casework.export_file", [case.ref], False)


def test_the_file_of_a_household_is_one_for_every_member(case):
    boy = people.grandson_wang().pid
    viewer = viewer_of(people.clerk_li(), "file.read")
    assert [one.ref for one in sheets.household_file(boy, viewer).cases] == [case.ref]
    with pytest.raises(NotAllowed):
        sheets.household_file(people.uncle_zhou().pid, viewer)
    assert sheets.my_file(boy) is None  # his grandmother's file is hers


def test_papers_go_only_when_their_time_is_over_after_help_ended_and_a_person_agreed(case):
    a_letter(case)
    zhao, years = people.officer_zhao(), papers.keeps()["file"].years
    late = LATER + timedelta(days=366 * (years + 1))
    viewer = viewer_of(zhao, "file.retire")
    with pytest.raises(NotAllowed, match="没有到期"):  # help runs: the time has not begun
        actions.retire_papers(ref=case.ref, keeps="file", by=zhao, at=late)
    assert over_time(viewer, on=late.date()) == ()
    Benefit.objects.filter(case=case).update(to_month=days.add_months(NOON.date().replace(day=1), 3))
    [row] = over_time(viewer, on=late.date())
    assert (row.keeps, row.sheets, row.scans) == ("file", 1, 0) and row.closed_on.month == 10  # October is paid to its end
    with pytest.raises(NotAllowed):
        actions.retire_papers(ref=case.ref, keeps="file", by=zhao, at=LATER)
    for _ in range(2):  # pressed twice
        actions.retire_papers(ref=case.ref, keeps="file", by=zhao, at=late)
    assert Retirement.objects.count() == JournalEntry.objects.filter(act="casework.retire_papers").count() == 1
    assert over_time(viewer, on=late.date()) == ()
