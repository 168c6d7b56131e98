"""A village without signal: a blank form by hand, photographed; a letter handed over and read aloud; one file, page by page."""

from io import BytesIO

import pytest
from django.test import Client
from PIL import Image
from pypdf import PdfReader

import people
from doudi.casework.models import Decision, Scan, Service
from doudi.office import queries as office
from web import staged
from web.browser import DESK, PHONE, follow, looked_at, low_at_the_desk
from web.phone_login import carry_on

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def seat(open_browser, live_server, clerk, size):
    """A browser with this clerk at it."""
    page = open_browser(size)
    carry_on(page, staged.signed_in(Client(), clerk), live_server)
    return page


def photograph() -> dict:
    drawn = BytesIO()
    Image.new("RGB", (900, 1200), (235, 235, 230)).save(drawn, "JPEG")
    return {"name": "form.jpg", "mimeType": "image/jpeg", "buffer": drawn.getvalue()}


def test_from_a_blank_form_to_one_file(open_browser, live_server, sources):
    case = staged.confirmed()
    li, wang = people.clerk_li(), people.worker_wang()

    # 没有网络的村：先印空白的表
    village = seat(open_browser, live_server, wang, PHONE)
    village.goto("/papers/")
    looked_at(village, "papers-blank-forms")
    follow(village.get_by_role("link", name="社会救助申请书"))
    looked_at(village, "papers-blank-application")

    # 填好签好，拍照交回来
    village.goto("/desk/papers/scan/")
    village.get_by_label("纸上的编号").fill(case.receipt)
    follow(village.get_by_role("button", name="找这张纸"))
    village.get_by_label("这是哪一张纸").select_option(label="社会救助申请书")
    village.locator("#signed").set_input_files([photograph()])
    village.get_by_label("第一张照片是第几页").fill("1")
    village.get_by_text("看得清", exact=True).click()
    looked_at(village, "papers-scan", targets=low_at_the_desk)
    follow(village.get_by_role("button", name="存好"))
    assert [(one.code, one.page, one.legible) for one in Scan.objects.all()] == [("application", 1, "yes")]

    # 镇里把信编上号，存一份
    town = seat(open_browser, live_server, li, DESK)
    town.goto(f"/desk/cases/{case.ref}/papers/")
    looked_at(town, "papers-of-a-case", targets=low_at_the_desk)
    follow(town.get_by_role("link", name="看信，去打印"))
    follow(town.get_by_role("button", name="编上号，存一份，去打印"))
    looked_at(town, "papers-letter", targets=low_at_the_desk)

    # 村里送到，念给她听
    village.goto("/desk/papers/letters/")
    looked_at(village, "papers-letters", targets=low_at_the_desk)
    assert "王桂兰" not in village.content()
    follow(village.get_by_role("link", name="记下怎么送到的"))
    village.get_by_text("念给本人听，信也留下了").click()
    village.get_by_label("哪天送到的").fill("2026-08-25")
    follow(village.get_by_role("button", name="记下"))  # 没有写见证的人
    assert "见证" in village.get_by_role("alert").inner_text()
    village.locator("#id_first_witness").fill("张大山")
    looked_at(village, "papers-serve", targets=low_at_the_desk)
    follow(village.get_by_role("button", name="记下"))
    assert Service.objects.get().way == "read" and Decision.objects.get().served_at is not None
    assert "现在没有要送的信" in village.content()

    # 一户一档：一个 PDF，一页一页地看
    town.goto(f"/desk/household/{case.applicant}/file/")
    looked_at(town, "papers-household-file", targets=low_at_the_desk)
    town.get_by_label("为什么要导出").fill("移交县档案室")
    with town.expect_download(timeout=120_000) as started:
        town.get_by_role("button", name="全部材料，存档用").click(no_wait_after=True)
    read_page_by_page(started.value.path().read_bytes(), case)
    assert office.journal_of(case.applicant)[-2].act == "casework.export_file"  # and then the look at it


def read_page_by_page(pdf: bytes, case) -> None:
    """The index says where everything lies, and there it lies; each page has its number."""
    pages = [page.extract_text().replace("\n", "").replace(" ", "") for page in PdfReader(BytesIO(pdf)).pages]
    assert all(f"第{at}页，共{len(pages)}页" in text for at, text in enumerate(pages, 1))
    marks = {}
    for one in PdfReader(BytesIO(pdf)).outline:
        for mark in one if isinstance(one, list) else [one]:
            marks[mark.title] = PdfReader(BytesIO(pdf)).get_destination_page_number(mark) + 1
    assert "王桂兰" in pages[0] and "移交县档案室" in pages[0]
    for title, at in marks.items():
        if title != "封面和目录":
            assert f"{title.replace(' ', '')}" in pages[0], title
            assert title.split()[0] in pages[at - 1], (title, at)
    assert "县里定下来了" in pages[marks["审核确认书（给家里的信）"] - 1]
    assert case.receipt in pages[marks["签好的社会救助申请书 第 1 页"] - 1]
