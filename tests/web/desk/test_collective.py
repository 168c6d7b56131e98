"""Pages of looking, appraisal, consultation, like cases, deviations and boards: drawn, refused in words, nothing lost."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

import people
import photographs
import walk
from doudi.casework import actions
from doudi.casework.actions.consulting import Spoke
from doudi.casework.core.asking import Photo
from doudi.casework.models import Appraisal, BoardPhoto, Consultation, Inquiry, Neighbour, Seat, SurveyPaper
from doudi.office.core import Party
from web import staged
from web.staged import TODAY

pytestmark = pytest.mark.django_db
VILLAGERS = ["周大山", "吴桂花", "郑铁柱", "冯春兰", "褚有田", "卫秋菊", "蒋石头", "沈腊梅"]


def picture(shade=120):
    out = BytesIO()
    Image.new("RGB", (30, 20), (shade, shade, shade)).save(out, "JPEG")
    return out.getvalue()


def photo(shade=120):
    return SimpleUploadedFile("a.jpg", picture(shade), "image/jpeg")


def consulted(case, at=TODAY):
    voices = [Spoke(name, "县里", "agree") for name in ("赵建国", "林主任", "孙医生")]
    return actions.consult(
        ref=case.ref, on=at.date(), reasons=["illness"], question="怎么算", situation="看病多", voices=voices, outcome="help",
        gist="看病花费超过收入的，按实际负担算。", photo=Photo("image/jpeg", picture()), by=people.officer_zhao(), at=at,
    )  # fmt: skip


def test_what_was_brought_home_is_added_piece_by_piece_and_nothing_typed_is_lost(client):
    case = staged.accepted()
    walk.visited(case, TODAY, people.clerk_li(), signed=False)
    li = staged.signed_in(client, people.clerk_li())
    here = f"/desk/cases/{case.ref}/looking/"
    words = li.get(here).content.decode()
    assert "签字还没收齐" in words and "还没有问过邻里" in words
    survey = case.surveys.get()
    key = survey.ref[:6]
    assert li.post(f"{here}{survey.ref}/sheet/", {f"f{key}-photo": photo()}).status_code == 302
    assert li.post(f"{here}{survey.ref}/thing/", {f"t{key}-what": "", f"t{key}-photo": photo(3)}).status_code == 422
    assert li.post(f"{here}{survey.ref}/thing/", {f"t{key}-what": "药盒", f"t{key}-photo": photo(3)}).status_code == 302
    assert SurveyPaper.objects.count() == 2
    said = {"neighbour-on": "2026-08-24", "neighbour-name": "李四嫂", "neighbour-said": "吃得很省"}
    refused = li.post(f"{here}neighbour/", said)
    assert refused.status_code == 422 and "吃得很省" in refused.content.decode()
    li.post(f"{here}neighbour/", {**said, "neighbour-relation": "next_door"})
    li.post(f"{here}letter/", {"letter-to_whom": "镇中心小学", "letter-about": "学费多少"})
    letter = Inquiry.objects.get()
    answered = {f"a{letter.ref[:6]}-on": "2026-08-25", f"a{letter.ref[:6]}-answer": "不收学费"}
    assert li.post(f"{here}letter/{letter.ref}/answer/", answered).status_code == 302
    assert Neighbour.objects.count() == 1 and Inquiry.objects.get().state == "answered"
    words = li.get(here).content.decode()
    assert "签字收齐了" in words and "李四嫂" in words and "不收学费" in words
    for other in (people.clerk_sun(), people.worker_wang()):
        assert staged.signed_in(client, other).get(here).status_code in (403, 404)


def test_the_case_says_who_has_not_signed_and_leads_there_and_a_family_that_will_not_is_written_down(client):
    case, clerk = staged.accepted(), people.clerk_li()
    walk.visited(case, TODAY, clerk, signed=False)
    walk.settled(case, TODAY, clerk)
    li = staged.signed_in(client, clerk)
    here, said = f"/desk/cases/{case.ref}/", {"opinion-kind": "help", "opinion-reason": "您家够得上。"}
    words = li.get(here).content.decode()
    assert "入户调查表还没有第一位调查人、第二位调查人、家里人签名：在手机上签，或者打印签好拍照存进来" in words
    assert f'href="{here}looking/"' in words
    refused = li.post(f"{here}propose/", said)
    assert refused.status_code == 422 and "您家够得上。" in refused.content.decode()
    survey = case.surveys.get().ref
    key, place = f"u{survey[:6]}", f"{here}looking/{survey}/unsigned/"
    empty = li.post(place, {f"{key}-words": "他说不签"})
    assert empty.status_code == 422 and "他说不签" in empty.content.decode() and "请写谁见证的" in empty.content.decode()
    left = {f"{key}-words": "他说不签", f"{key}-why": "refused", f"{key}-witness": "妇女主任吴桂花"}
    assert li.post(place, left).status_code == 302
    looking = li.get(f"{here}looking/").content.decode()
    assert "不愿意签：他说不签（妇女主任吴桂花见证）" in looking and "家里人不愿意签，或者签不了" not in looking
    assert "还没有第一位调查人、第二位调查人签名" in li.get(here).content.decode()
    for number, role in enumerate(("first", "second")):
        drawn = Photo("image/png", photographs.photograph(number))
        actions.keep_survey_paper(ref=case.ref, survey=survey, role=role, photo=drawn, by=clerk, at=TODAY)
    words = li.get(here).content.decode()
    assert "签名：在手机上签" not in words and "家里人没有签字，不愿意签：他说不签" in words
    assert li.post(f"{here}propose/", said).status_code == 302


def test_an_appraisal_is_called_printed_and_recorded(client):
    case = staged.shown(TODAY - timedelta(days=6))
    actions.object_to(ref=case.ref, said="他家有拖拉机", by=Party.resident("unnamed"), at=TODAY - timedelta(days=1))
    li = staged.signed_in(client, people.clerk_li())
    here = f"/desk/cases/{case.ref}/appraisal/"
    assert "没有开过评议会" in li.get(here).content.decode()
    asked = {
        "call-why": "objection", "call-reason": "有人说有拖拉机", "call-on": "2026-08-25", "call-hour": "09:00",
        "call-place": "村委会", "call-representatives": "\n".join(VILLAGERS[:5]), "call-pool": "\n".join(VILLAGERS[5:]),
        "call-wanted": "1",
    }  # fmt: skip
    few = li.post(f"{here}call/", asked)
    assert few.status_code == 422 and "再请几位" in few.content.decode() and "周大山" in few.content.decode()
    assert li.post(f"{here}call/", {**asked, "call-wanted": "3"}).status_code == 302
    meeting = Appraisal.objects.get()
    assert "民主评议签到和记录表" in li.get(f"{here}{meeting.ref}/sheets/").content.decode()
    seats = list(Seat.objects.order_by("id").values_list("ref", flat=True))
    li.post(f"{here}{meeting.ref}/recuse/", {"recuse-seat": seats[0], "recuse-why": "interest"})
    went = {
        "hold-came": seats[1:], "hold-agree": "5", "hold-against": "1", "hold-abstain": "0", "hold-minutes": "说清楚了",
        "hold-dissent": "有一位说再看看", "hold-photo": photo(),
    }  # fmt: skip
    wrong = li.post(f"{here}{meeting.ref}/hold/", went)
    assert wrong.status_code == 422 and "对不上" in wrong.content.decode() and "说清楚了" in wrong.content.decode()
    assert li.post(f"{here}{meeting.ref}/hold/", {**went, "hold-agree": "6", "hold-photo": photo()}).status_code == 302
    words = li.get(here).content.decode()
    assert "多数同意" in words and "有一位说再看看" in words
    assert staged.signed_in(client, people.clerk_sun()).get(here).status_code == 404


def test_a_consultation_is_recorded_by_the_county_and_looked_at_again(client):
    case = staged.at_county()
    zhao = staged.signed_in(client, people.officer_zhao())
    here = f"/desk/cases/{case.ref}/consultation/"
    assert "还没有会商过" in zhao.get(here).content.decode()
    said = {
        "on": "2026-08-25", "reasons": ["illness"], "question": "看病的钱怎么算", "situation": "透析，自付很多",
        "outcome": "help", "gist": "看病花费超过收入的，按实际负担算。", "photo": photo(),
        **{f"name{n}": name for n, name in enumerate(("赵建国", "林主任", "孙医生"))}, "vote0": "agree", "vote1": "agree",
    }  # fmt: skip
    refused = zhao.post(f"{here}keep/", said)
    assert refused.status_code == 422 and "第 3 位" in refused.content.decode() and "透析，自付很多" in refused.content.decode()
    assert zhao.post(f"{here}keep/", {**said, "vote2": "abstain", "photo": photo()}).status_code == 302
    assert "按实际负担算" in zhao.get(here).content.decode()
    assert "按实际负担算" in zhao.get("/desk/precedents/").content.decode()
    row = Consultation.objects.get()
    again = f"/desk/precedents/{row.ref}/review/"
    assert zhao.post(again, {f"{row.ref[:6]}-stands": "no"}).status_code == 422
    assert zhao.post(again, {f"{row.ref[:6]}-stands": "no", f"{row.ref[:6]}-why": "有新规定了"}).status_code == 302
    assert "还没有先例" in zhao.get("/desk/precedents/").content.decode()
    assert "不照着办" in zhao.get(here).content.decode()
    assert staged.signed_in(client, people.clerk_li()).post(f"{here}keep/", said).status_code == 403


def test_like_cases_and_deviations_name_nobody(client):
    case = staged.surveyed()
    consulted(case)
    staged.signed_in(client, people.clerk_li())
    page = client.get(f"/desk/cases/{case.ref}/alike/").content.decode()
    assert "同样情况，别处怎么办的" in page and "没有同样原因的会商" in page  # its own is no precedent for itself
    actions.propose(
        ref=case.ref, kind="help", reason="很难", amount_fen=30000, differs_reason="分档", by=people.clerk_li(), at=TODAY
    )  # fmt: skip
    words = client.get("/desk/deviations/").content.decode()
    assert "柳塘镇" in words and "100%" in words and "李敏" not in words.partition("<main")[2].partition("<h1")[2]
    assert client.get("/desk/deviations/?month=nonsense").status_code == 200


def test_the_board_is_photographed_and_the_result_is_published(client):
    staged.shown()
    here = f"/desk/shown/{people.VILLAGE}/photo/"
    staged.signed_in(client, people.worker_wang())
    assert here in client.get("/field/").content.decode(), "the village sees that its board wants a photograph"
    assert client.post(here, {"on": "2026-08-25"}).status_code == 422
    assert client.post(here, {"on": "2026-08-25", "photo": photo()}).status_code == 302
    assert BoardPhoto.objects.count() == 1
    assert here not in client.get("/field/").content.decode()
    staged.signed_in(client, people.clerk_li())
    assert "公示栏拍过照了" in client.get("/desk/shown/").content.decode()
    assert staged.signed_in(client, people.clerk_sun()).get(here).status_code == 404


def test_what_is_published_is_open_to_all_by_village_and_on_paper(client):
    staged.confirmed()
    words = client.get("/shown/results/", {"area": people.VILLAGE}).content.decode()
    assert "王*兰" in words and "王桂兰" not in words and "2 口人" in words
    assert "王*兰" not in client.get("/shown/results/", {"area": people.COUNTY}).content.decode()
    li = staged.signed_in(client, people.clerk_li())
    assert "社会救助结果公布" in li.get(f"/desk/shown/{people.VILLAGE}/results/").content.decode()


def test_whoever_objected_reads_the_answer_by_the_slip(client):
    case = staged.shown()
    told = client.post(f"/shown/{case.ref}/", {"said": "他家有拖拉机", "who": "", "phone": ""}, follow=True).content.decode()
    assert "您的记号是" in told
    slip = case.showings.get().objections.get().slip
    assert "正在了解，最晚" in client.post("/shown/answer/", {"slip": slip}).content.decode()
    actions.reinvestigate(ref=case.ref, answer="侄子的", reply="去看过了，不是他家的。", by=people.clerk_li(), at=TODAY)
    words = client.post("/shown/answer/", {"slip": f"{slip[:5]} {slip[5:]}"}).content.decode()
    assert "去看过了，不是他家的。" in words and "王" not in words.partition("<main")[2].partition("</main")[0]
    assert client.post("/shown/answer/", {"slip": "1"}).status_code == 422
