"""Papers on the desk, on the phone, for everybody: printed on their page, readable, the same ever after, bound to one file."""

import json
import re
from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader

import people
from doudi.casework import actions, core, queries
from doudi.casework.core import papers
from doudi.casework.core.causes import Asked
from doudi.casework.models import Agreement, Case, FirstHelp, SelfCare, Sheet
from doudi.office.queries import looks
from doudi.verification.core.held import open_pdf
from doudi.web.parts import sheets as making
from services.others import referred
from web import staged
from web.test_wording import BANNED

pytestmark = pytest.mark.django_db
LONG = 25  # characters of a sentence that warn (design, section 7)
QUERIES_OF_THE_LIST = 12  # whatever its length
SHARE_OF_LONG = 4  # at most one sentence in so many may be long: names of laws and places are what they are


@pytest.fixture(scope="module")
def case(django_db_setup, django_db_blocker):
    """Granny Wang's confirmed case, set once; each test leaves it as it was."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, staged.taken_back():
        staged.set_the_stage(patch)
        yield staged.confirmed()


def photograph() -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (600, 800), (220, 220, 220)).save(drawn, "JPEG")
    return drawn.getvalue()


def text_of(data: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages).replace("\n", "").replace(" ", "")


def printed(client, case: Case, code: str) -> str:
    """Where the paper lies once it was printed."""
    answer = client.post(f"/desk/cases/{case.ref}/papers/{code}/")
    assert answer.status_code == 302, (code, answer.status_code)
    return answer.url


def test_every_paper_of_a_case_opens_and_fits_its_page(client, case):
    staged.signed_in(client, people.clerk_li())
    assert client.get(f"/desk/cases/{case.ref}/papers/").status_code == 200
    here = [one for one in papers.of_programme(case.programme) if not one.elsewhere and not one.is_letter]
    assert len(here) > 20
    for one in here:
        page = client.get(f"/desk/cases/{case.ref}/papers/{one.code}/")
        assert page.status_code == 200 and one.label in page.content.decode(), one.code
    pdf = client.get(printed(client, case, "application") + "paper.pdf").content  # it holds most
    assert len(PdfReader(BytesIO(pdf)).pages) == 1 and "王桂兰" in text_of(pdf)


def test_papers_around_help_say_what_is_kept(client, case):
    li, at, on = people.clerk_li(), staged.TODAY, staged.TODAY.date()
    asked = Asked(kind="end", cause="own_wish", reason="不想领了")
    kept = actions.propose_adjustment(benefit=case.benefit.ref, asked=asked, by=li, at=at)
    actions.invite(ref=kept.ref, way="visit", for_on=on, place="家里的堂屋", by=li, at=at)
    actions.record_hearing(ref=kept.ref, outcome="heard", on=on, views="孩子挣钱了，不用了", signed_by="王桂兰", by=li, at=at)
    beside = {"case": case, "at": at, "by": "clerk:li"}
    for kind, party in (("custody", "村会计老钱"), ("carer", "隔壁张嫂")):
        Agreement.objects.create(kind=kind, party=party, duties="每天来一次", from_on=on, to_on=on, **beside)
    SelfCare.objects.create(
        on=on, fails=dict.fromkeys(core.SELF_CARE, False) | {"bathing": True}, failed=1, grade="half", words="要人帮着洗澡",
        first="a", second="b", **beside,
    )  # fmt: skip
    FirstHelp.objects.create(
        kind="fire", band="grave", happened_on=on, place="村西头", cause="灶房着火", amount_fen=150000, ceiling_fen=200000,
        papers_due_on=on, **beside,
    )  # fmt: skip
    referred(case=case.ref, at=at)
    found = queries.case(case.ref, staged.viewer_of(li), at=at)
    for code, words in {
        "hearing": ("家里的堂屋", "孩子挣钱了，不用了"),
        "custody": ("村会计老钱",),
        "carer": ("隔壁张嫂", "每天来一次"),
        "self_care": ("要人帮着洗澡", "部分丧失", '["不能", true]'),
        "emergency": ("灶房着火", "1,500", '["火灾", true]'),
        "referral": ("学费和住校的伙食费",),
    }.items():
        said = json.dumps(making.filled(papers.catalogue()[code], found, staged.viewer_of(li), at), ensure_ascii=False)
        assert not [one for one in words if one not in said], (code, said)


def test_every_blank_form_opens_for_everybody_and_names_nobody(client, case):
    listed = client.get("/papers/").content.decode()
    blank = [one for one in papers.catalogue().values() if one.is_blank]
    for one in blank:
        page = client.get(f"/papers/{one.code}/")
        assert page.status_code == 200 and one.label in page.content.decode() and f"/papers/{one.code}/" in listed, one.code
    assert client.get("/papers/confirmed/").status_code == client.get("/papers/nothing/").status_code == 404
    assert len(PdfReader(BytesIO(client.get("/papers/visit/paper.pdf").content)).pages) == 1


def test_a_letter_printed_again_is_the_same_bytes_signed_by_the_office(client, case):
    staged.signed_in(client, people.clerk_li())
    at = printed(client, case, "confirmed")
    first = client.get(at + "paper.pdf").content
    Case.objects.filter(pk=case.pk).update(account_bank="改过的银行")
    assert printed(client, case, "confirmed") == at
    assert client.get(at + "paper.pdf").content == first
    opened = open_pdf(first)
    assert opened is not None and opened.intact
    assert sha256(opened.attached).hexdigest() == Sheet.objects.get().sha256
    changed = open_pdf(first.replace(b"/Producer", b"/Producen", 1))
    assert changed is None or not changed.intact
    shown = text_of(first)
    for words in ("行政复议", "人民政府", "12345", "从2026年8月起"):
        assert words in shown, words


def test_who_holds_a_paper_sees_that_it_is_ours_and_nobodys_name(client, case):
    staged.signed_in(client, people.officer_zhao())
    at = printed(client, case, "certificate")
    sheet = Sheet.objects.get(code="certificate")
    client.logout()
    page = client.get(f"/sheet/paper/{sheet.token}/").content.decode()
    assert "现在有效" in page and sheet.sha256[:4] in page and "王桂兰" not in page and case.ref not in page
    assert client.get("/sheet/paper/0123456789abcdef01234567/").status_code == 404
    staged.signed_in(client, people.clerk_sun())
    assert client.get(at).status_code == 404  # another township


def test_the_village_brings_a_letter_without_reading_it_and_hands_photographs_in(client, case, django_assert_max_num_queries):
    staged.signed_in(client, people.clerk_li())
    ref = printed(client, case, "confirmed").rstrip("/").rpartition("/")[2]
    staged.signed_in(client, people.worker_wang())
    with django_assert_max_num_queries(QUERIES_OF_THE_LIST):
        listed = client.get("/desk/papers/letters/").content.decode()
    assert f"/desk/papers/letters/{ref}/" in listed and "王桂兰" not in listed and "王*兰" in listed
    assert client.get(f"/desk/papers/sheets/{ref}/").status_code == 403
    wrong = client.post(f"/desk/papers/letters/{ref}/", {"way": "refused", "on": "2026-08-25", "first_witness": "张大山"})
    assert wrong.status_code == 422 and "张大山" in wrong.content.decode()  # what was typed is still there
    done = client.post(
        f"/desk/papers/letters/{ref}/",
        {"way": "refused", "on": "2026-08-25", "first_witness": "张大山", "second_witness": "李二河"},
    )
    assert done.status_code == 302
    found = client.post("/desk/papers/scan/", {"number": case.receipt})
    assert found.status_code == 302 and "王桂兰" not in client.get(found.url).content.decode()
    photo = {"code": "visit", "page": "1", "legible": "yes", "signed": BytesIO(photograph())}
    photo["signed"].name = "a.jpg"
    assert client.post(found.url, photo).status_code == 302
    assert client.post(found.url, {"code": "visit", "page": "1"}).status_code == 422


def test_who_moves_away_is_told_by_a_letter_where_they_are_helped_next(client, case):
    li, held = people.clerk_li(), case.benefit
    asked = Asked(kind="end", cause="moved_away", reason="全家搬去和儿子住", goes_to="邻河县桃花镇政务大厅")
    kept = actions.propose_adjustment(benefit=held.ref, asked=asked, by=li, at=staged.TODAY)
    actions.record_hearing(
        ref=kept.ref, outcome="heard", on=staged.TODAY.date(), views="好", signed_by="王桂兰", by=li, at=staged.TODAY
    )
    done = actions.decide_adjustment(ref=kept.ref, by=people.officer_zhao(), at=staged.TODAY)
    staged.signed_in(client, li)
    assert "您家搬走以后，接着怎么办" in client.get(f"/desk/cases/{case.ref}/papers/").content.decode()
    ref = printed(client, case, "moved").rstrip("/").rpartition("/")[2]
    sheet = Sheet.objects.get(ref=ref)
    assert sheet.about == done.ref
    words = client.get(f"/desk/papers/sheets/{ref}/").content.decode()
    for said in ("以后找这里办：邻河县桃花镇政务大厅", "这边发到 2026 年 8 月", "案卷由我们交给那边", "行政复议"):
        assert said in words, said
    assert "moved" not in {one.code for one in Sheet.objects.exclude(ref=ref)} and "/papers/ended/" not in words
    staged.signed_in(client, people.worker_wang())
    assert f"/desk/papers/letters/{ref}/" in client.get("/desk/papers/letters/").content.decode()
    assert client.post(f"/desk/papers/letters/{ref}/", {"way": "handed", "on": "2026-08-25"}).status_code == 302
    done.refresh_from_db()
    assert done.served_at is not None  # the same notice as of every change


def test_the_whole_file_has_index_bookmarks_and_numbers_and_the_persons_own_says_nothing_of_neighbours(client, case):
    li = people.clerk_li()
    staged.signed_in(client, li)
    printed(client, case, "confirmed")
    heard = {
        "title": "邻里访问记录",
        "office": "禾安县民政局",
        "parts": [{"kind": "text", "heading": "", "lines": ["邻居老周说的话"]}],
    }
    actions.print_sheet(ref=case.ref, code="neighbour", body=heard, by=li, at=staged.TODAY)
    actions.scan(
        ref=case.ref, code="visit", page=1, legible="yes", content_type="image/jpeg", data=photograph(), by=li, at=staged.TODAY
    )
    at = f"/desk/household/{case.applicant}/file"
    assert client.get(f"{at}/").status_code == 200
    assert client.post(f"{at}.pdf", {"why": ""}).status_code == 422
    whole = client.post(f"{at}.pdf", {"why": "移交档案室"})
    own = client.post(f"{at}.pdf", {"why": "本人要", "own": "1"})
    reader = PdfReader(BytesIO(whole.content))
    marks = [one.title for group in reader.outline for one in (group if isinstance(group, list) else [group])]
    assert marks[0] == "封面和目录" and "签好的入户调查表 第 1 页" in marks and "邻里访问记录" in marks
    for number, page in enumerate(reader.pages, 1):
        assert f"第{number}页，共{len(reader.pages)}页" in page.extract_text().replace(" ", "").replace("\n", ""), number
    told, redacted = text_of(whole.content), text_of(own.content)
    assert "邻居老周说的话" in told and "邻居" not in redacted.replace("没有邻居和提意见的人说的话", "")
    assert "县里定下来了" in told and "县里定下来了" in redacted


def test_a_resident_reads_hears_and_takes_their_letters_and_file_and_nobody_elses(client, case):
    staged.signed_in(client, people.clerk_li())
    ref = printed(client, case, "confirmed").rstrip("/").rpartition("/")[2]
    client.logout()
    for pid, status in ((case.applicant, 200), (people.uncle_zhou().pid, 404)):
        session = client.session
        session["pid"] = pid
        session.save()
        assert client.get("/my/letters/").status_code == 200
        assert client.get(f"/my/letters/{ref}/").status_code == status
        assert client.get(f"/my/letters/{ref}/letter.pdf").status_code == status
    assert client.post("/my/file.pdf").status_code == 302  # uncle Zhou has none
    session = client.session
    session["pid"] = case.applicant
    session.save()
    assert client.post("/my/file.pdf").content.startswith(b"%PDF-")


# ---- letters are understood ---------------------------------------------------------------------------------------------


def sentences(body: papers.Body) -> list[str]:
    """What a letter says, sentence by sentence; titles of laws count as one word."""
    said = [line for part in body["parts"] for line in part.get("lines", ())] + list(body["spoken"])
    plain = re.sub(r"《[^》]*》", "法", "\n".join(said))
    return [one.strip() for one in re.split(r"[。；！？\n]", plain) if one.strip()]


def test_letters_are_read_by_whom_they_are_for(client, case):
    staged.signed_in(client, people.clerk_li())
    printed(client, case, "confirmed")
    refused = staged.at_county()
    actions.refuse(
        ref=refused.ref, article="LAW Art. 18", reason="您家每人每月的收入，高过标准 20 元。", differs_reason="另有收入",
        by=people.officer_zhao(), at=staged.TODAY,
    )  # fmt: skip
    printed(client, refused, "refused")
    for sheet in Sheet.objects.all():
        said = sentences(sheet.body)
        assert not [word for word in BANNED for one in said if word in one], sheet.code
        long = [one for one in said if len(re.sub(r"[\d ,.]", "", one)) > LONG]
        assert len(long) * SHARE_OF_LONG <= len(said), (sheet.code, long)
        assert any("行政复议" in one for one in said) and any("12345" in one for one in said), sheet.code


def test_looking_at_a_paper_leaves_its_trace(client, case):
    staged.signed_in(client, people.clerk_li())
    client.get(f"/desk/cases/{case.ref}/papers/opinion/")
    assert "初步意见" in [one.what for one in looks(case.applicant)]
