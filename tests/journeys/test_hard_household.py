"""One hard household, from authorisation to a contested report to a corrected one: on screen, on paper, by the door for machines.

A mother; her husband in prison, who signs on paper; his old mother, whose other son lives in another province and answers by
letter; a daughter away at university, who signs on her own phone; a bank that does not answer; a car sold long ago and never
re-registered. The traffic police and the bank are real servers that check our signature. The tutorial
(docs/tutorial/hard-household.md) walks the same road by hand.
"""

import json
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

import people
import walk
from doudi.casework import actions, queries
from doudi.casework.models import Case
from doudi.casework.models import Question as Doubt
from doudi.exchange.models import Correction
from doudi.office import actions as office_actions
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party, Role
from doudi.office.models import Notice
from doudi.verification import actions as verification
from doudi.verification import jobs
from doudi.verification import queries as reports
from doudi.verification.models import Authorisation, Dispatch, Objection, Question, Report, ReportCopy
from doudi.web.api import tokens
from verification import a_source
from verification.objecting import DOT
from web import staged
from web.browser import PHONE, RULES, looked_at, picture
from web.phone_login import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CAR = {"plate": "禾A8C31", "class": "car", "first_registered": "2015-05-01", "status": "normal"}
LETTER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
WORKER = Party.system("ask")


def family():
    mother = people.person("陈秀兰", date(1979, 5, 6), order=42, phone="13900000042")
    father = people.person("王志强", date(1977, 2, 3), sex="1", order=33)
    granny = people.person("周桂英", date(1949, 9, 12), order=24)
    daughter = people.person("王小雨", date(2006, 3, 14), order=26, phone="13900000026")
    people.household(
        "h" + "7" * 20, (mother, "self"), (father, "spouse"), (granny, "in_law"), (daughter, "daughter")
    )  # fmt: skip
    return mother, father, granny, daughter


def kept(code, label, dataset, adapter, **more):
    return verification.keep_source(
        code=code, label=label, dataset=dataset, adapter=adapter, by=WORKER, at=office.now(), **more
    )  # fmt: skip


def phone_of(who):
    return signed_in(Client(), who.pid, who.phone)


def desk_of(clerk):
    return staged.signed_in(Client(), clerk)


def knock(at=None):
    """Each server in its turn: the threads of the worker share one connection here."""
    for code in ("police", "bank"):
        jobs.ask_source(reports.source(code), by=WORKER, now=lambda: at or office.now())


def by_source(check):
    return {(row.whose, row.source): row for row in reports.answers(check)}


def whole(report):
    return ReportCopy.objects.get(report=report, pid="")


def test_from_authorisation_to_a_corrected_report(open_browser, sources, live_server):
    li, he, auditor = people.clerk_li(), people.checker_he(), people.auditor_chen()
    mother, father, granny, daughter = family()
    sources.row(father.pid, "custody", kind="prison", from_date=date(2024, 1, 8))
    sources.row(daughter.pid, "student", school="北方师范大学", stage="bachelor", term="2025-2026学年第二学期")
    with a_source.running() as police, a_source.running() as bank:
        http = {"adapter": "http", "answer_seconds": 7200}
        kept("police", "公安车管", "vehicle", address=police.address, public_key=police.public, **http)
        kept("bank", "禾安农商银行", "deposit", address=bank.address, public_key=bank.public, **http)
        kept("tongxi", "云川省桐溪县民政局", "income", "letter", address="桐溪县迎春路 1 号")
        police.says = lambda question: (
            {"state": "answered", "said": "nothing", "as_of": "2026-08-20"}
            | ({"said": "found", "rows": [{"row": "禾-1", "values": CAR}]} if question["person"]["name"] == "陈秀兰" else {})
        )
        bank.status = 503

        # ---- everybody signs, each in their own way; nobody signs for another adult --------------------------------------
        case = walk.applied(mother.pid, office.now())
        with pytest.raises(NotAllowed):
            actions.record_consent(
                ref=case.ref, pid=daughter.pid, channel="screen", by=Party.resident(mother.pid), at=office.now()
            )
        signs = {"ref": case.ref, "at": office.now()}
        actions.record_consent(pid=daughter.pid, channel="screen", typed_name="王小雨", by=Party.resident(daughter.pid), **signs)
        actions.record_consent(pid=granny.pid, channel="voice", by=people.worker_wang(), **signs)
        form = [("form", "image/png", DOT)]  # signed in prison on paper, photographed at the window
        actions.record_consent(pid=father.pid, channel="paper", files=form, by=li, **signs)
        uncle = actions.add_supporter(
            name="王志远", number=people.number_of("980122", date(1975, 8, 9), 51), supports=granny.pid, relation="son",
            place="云川省桐溪县", by=li, **signs,
        )  # fmt: skip
        actions.sign_supporter(pid=uncle.pid, channel="paper", files=form, by=li, **signs)

        # ---- one question, every source's answer, each in its own time ---------------------------------------------------
        actions.accept(ref=case.ref, by=li, at=office.now())
        check = Case.objects.get(ref=case.ref).check_ref
        knock()
        told = by_source(check)
        assert told["陈秀兰", "police"].said == "found" and told["周桂英", "police"].said == "nothing"
        assert told["王志强", "custody"].said == "found" and told["王小雨", "student"].said == "found"
        assert told["陈秀兰", "bank"].said == "no_answer", "a bank that is down says nothing, which is not: no money"
        assert {whose for whose, source in told if source == "custody"} >= {"王志远", "王志强"}
        assert not [1 for whose, source in told if whose == "王志远" and source == "student"], "supporters are asked less"
        carried = {one["authorisation"] for body in police.bodies for one in body["questions"]}
        assert carried == set(Authorisation.objects.filter(subject=case.ref, ended_at=None).values_list("number", flat=True))

        # The other province answers on paper: typed in by one, looked at by another.
        letter = verification.dispatch(source="tongxi", by=he, at=office.now())
        assert isinstance(letter, Dispatch)
        paper = office_actions.keep_paper(
            kind="evidence",
            content_type="application/pdf",
            data=LETTER,
            area=case.area,
            subject=uncle.pid,
            by=he,
            at=office.now(),
        )
        asked = Question.objects.get(source="tongxi", pid=uncle.pid)
        answer = {"said": "found", "as_of": date(2026, 8, 20), "paper": paper.ref, "at": office.now()}
        rows = [{"period": "2026-07", "income_month": "4200"}]
        verification.type_answer(question=asked.ref, rows=rows, by=he, **answer)
        with pytest.raises(NotAllowed, match="不能自己核对"):
            verification.look_at_typed(question=asked.ref, agree=True, by=he, at=office.now())
        other = people.clerk("ma", "马核", Role.VERIFICATION, people.COUNTY)
        verification.look_at_typed(question=asked.ref, agree=True, by=other, at=office.now())
        assert "4,200 元" in by_source(check)["王志远", "tongxi"].items[0].words
        progress = reports.progress(check, office.now())
        assert progress.sources_back < progress.sources, "the case does not wait for the bank"

        # ---- the first report: on screen, on paper, through the door -----------------------------------------------------
        desk = desk_of(li)
        issued = desk.post(reverse("desk:report-issue", args=[check]))
        first = Report.objects.get()
        assert issued.url == reverse("desk:report", args=[first.ref])
        page = desk.get(issued.url).content.decode()
        assert CAR["plate"] in page and "禾安农商银行" in page and "没有回话" in page and "供参考，不是决定" in page
        assert desk_of(people.worker_wang()).get(issued.url).status_code == 403, "never the village"
        mine = phone_of(mother)
        hers = mine.get(f"/my/reports/{first.ref}/").content.decode()
        assert CAR["plate"] in hers and "北方师范大学" not in hers, "what was found of another adult is hers to read"
        key = {"authorization": f"Bearer {tokens.issue(auditor)}"}
        token = whole(first).token
        door = Client().get(f"/api/v1/reports/{token}", headers=key).json()
        assert door["number"] == first.number and CAR["plate"] in door["text"] and door["state"] == "valid"
        assert any(row["key"] for row in door["report"]["compared"] if row["kind"] == "vehicle")

        # ---- contested, on her phone, with the contract of the sale ------------------------------------------------------
        page = open_browser(PHONE)
        cookie = {"name": "sessionid", "value": mine.cookies["sessionid"].value, "url": live_server.url}
        page.context.add_cookies([cookie])
        sheet = page.context.request.get(f"{live_server.url}/my/reports/{first.ref}/report.pdf").body()
        assert sheet.startswith(b"%PDF") and b"ETSI.CAdES" in sheet, "signed, to take along on paper"
        page.goto(f"/my/reports/{first.ref}/")
        page.get_by_role("link", name="有不对的，我来说").click()
        page.get_by_label("早就卖了、没有了，登记没改").first.check()
        page.get_by_label("哪里不对，您来说").fill("前年卖给镇上老李了，没去过户。")
        page.get_by_label("有证明就拍一张").set_input_files({"name": "hetong.png", "mimeType": "image/png", "buffer": DOT})
        page.get_by_role("button", name="交上去").click()
        page.get_by_role("heading", name="我的不同意见").wait_for()
        looked_at(page, "hard-household-objected", {"360": PHONE}, rules=[*RULES, "wcag2aaa"], fingers=())
        one = Objection.objects.get()
        assert one.due_on == date(2026, 9, 8)  # ten working days from 25 August

        # ---- another person, one source again, a person decides ----------------------------------------------------------
        take = reverse("desk:objection-take", args=[one.ref])
        refused = desk.post(take)
        assert refused.status_code == 422 and "换一位同志" in refused.content.decode()
        centre, line = desk_of(he), one.lines.get()
        centre.post(take)
        before = police.asked.total(), bank.asked.total()
        centre.post(reverse("desk:objection-again", args=[one.ref, line.ref]))
        jobs.ask_source(reports.source("police"), by=WORKER)
        assert (police.asked.total(), bank.asked.total()) == (before[0] + 1, before[1]), "only the source concerned"
        assert by_source(check)["陈秀兰", "police"].round == 2, "it stands by its book: the car is still hers there"
        decide = reverse("desk:objection-decide", args=[one.ref, line.ref])
        forced = centre.post(decide, {"outcome": "corrected", "reason": "应该改了"})
        assert forced.status_code == 422 and "和原来一样" in forced.content.decode()
        said = {"outcome": "evidence", "instead": "2024 年 3 月卖给李某，没有过户", "reason": "看过买卖合同和收款记录"}
        assert centre.post(decide, said).status_code == 302
        answer = {"answer": "您说得对，车已经不是您家的，不算您家的车。"}
        assert centre.post(reverse("desk:objection-settle", args=[one.ref]), answer).status_code == 302

        # ---- the new report beside the old; the source is asked to correct; the case follows; she is told -----------------
        second = Report.objects.order_by("version").last()
        assert (second.version, second.number) == (2, f"{first.number[:-1]}2")
        old, new = (json.loads(whole(report).body) for report in (first, second))
        assert old["rulings"] == [] and new["rulings"][0]["outcome"] == "evidence"
        assert whole(first).sha256 == door["sha256"], "what was issued is never changed"
        correction = Correction.objects.get()
        assert (correction.dataset, correction.cause, correction.direction) == ("vehicle", one.ref, "out")
        doubt = Doubt.objects.get(case=case, kind="vehicle")
        assert one.number in doubt.person_says and doubt.choice == "", "it informs whoever judges; it judges nothing"
        text = Notice.objects.filter(subject=one.ref).last().body
        assert "新报告" in text and "车" not in text and len(text) <= 70
        page.reload()
        assert "以您给的证明为准" in page.inner_text("main")
        picture(page, "hard-household-answered")
        for report in (first, second):
            page.goto(f"/my/reports/{report.ref}/")
            page.get_by_text(report.number).first.wait_for()
        picture(page, "hard-household-new-report")
        office_actions.sign_checkpoint()
        shown = Client().get(f"/api/v1/reports/{token}/check").json()
        assert (shown["state"], shown["replaced_by"], shown["proven"]) == ("replaced", second.number, True)
        newest = Client().get(f"/api/v1/reports/{whole(second).token}/check").json()
        assert (newest["state"], newest["proven"]) == ("valid", True) and "陈" not in json.dumps(newest, ensure_ascii=False)
        told = Client().get(f"/api/v1/objections/{one.ref}", headers=key).json()
        assert (told["state"], told["report"], told["new_report"]) == ("settled", first.number, second.number)

        # ---- the bank answers at last: kept, and no report that was issued changes -----------------------------------------
        bank.status, bodies = 0, (whole(first).body, whole(second).body)
        knock(office.now() + timedelta(days=3))
        assert by_source(check)["陈秀兰", "bank"].said == "nothing"
        assert (whole(first).body, whole(second).body) == bodies

        # ---- he is in prison and does not count; the county sees the whole road --------------------------------------------
        custody = Doubt.objects.get(case=case, kind="custody")
        actions.judge(ref=case.ref, question=custody.ref, choice="data_right", reason="判决书看过", by=li, at=office.now())
        members = {row.name: row.counts for row in queries.case(case.ref, staged.viewer_of(li), at=office.now()).members}
        assert members == {"陈秀兰": True, "王志强": False, "周桂英": True, "王小雨": True}
