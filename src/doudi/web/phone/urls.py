"""Addresses of the resident's own side."""

from __future__ import annotations

from django.urls import path

from doudi.web.phone.apply import help as choosing
from doudi.web.phone.apply import proxy
from doudi.web.phone.apply import views as apply
from doudi.web.phone.my import family, helped, helper, letters, money, objections, questions, reports, services, signing
from doudi.web.phone.my import views as my
from doudi.web.phone.my.known import views as known
from doudi.web.phone.reasons import views as reasons

app_name = "phone"
urlpatterns = [
    path("my/sign-in/", my.sign_in, name="sign-in"),
    path("my/sign-in/code/", my.code, name="code"),
    path("my/sign-out/", my.sign_out, name="sign-out"),
    path("my/", my.home, name="home"),
    path("my/reasons/", reasons.reach, name="reach"),
    path("my/reasons/<slug:programme>/", reasons.reasons_of, name="reasons"),
    path("my/consents/", signing.consents, name="consents"),
    path("my/authorisations/<slug:number>/", signing.authorisation, name="authorisation"),
    path("my/authorisations/<slug:number>/withdraw/", signing.withdraw, name="authorisation-withdraw"),
    path("my/papers/<slug:ref>/", signing.paper, name="paper"),
    path("my/family/", family.family, name="family"),
    path("my/family/agree/", family.agree, name="family-agree"),
    path("my/family/correct/", family.correct, name="family-correct"),
    path("my/family/back/", family.take_back, name="family-back"),
    path("my/family/happened/", family.happened, name="family-happened"),
    path("my/known/", known.known, name="known"),
    path("my/known/copy/", known.copy, name="known-copy"),
    path("my/known/copy.json", known.copy_json, name="known-json"),
    path("my/known/wrong/<int:batch>/<int:row_no>/", known.wrong, name="wrong"),
    path("my/known/contact/", known.contact, name="contact"),
    path("my/known/ask/", known.ask, name="ask"),
    path("my/known/requests/", known.requests, name="requests"),
    path("my/cases/<slug:ref>/", my.case, name="case"),
    path("my/cases/<slug:ref>/receipt/", my.receipt, name="receipt"),
    path("my/cases/<slug:ref>/sheet/", my.sheet, name="sheet"),
    path("my/cases/<slug:ref>/helper/", helper.helper, name="helper"),
    path("my/cases/<slug:ref>/withdraw/", my.withdraw, name="withdraw"),
    path("my/cases/<slug:ref>/supplement/", my.supplement, name="supplement"),
    path("my/services/", services.listed, name="services"),
    path("my/services/<slug:ref>/", services.one, name="service"),
    path("my/services/<slug:ref>/arrived/", services.arrived, name="service-arrived"),
    path("my/services/<slug:ref>/back/", services.take_back, name="service-back"),
    path("my/letters/", letters.listed, name="letters"),
    path("my/letters/<slug:ref>/", letters.letter, name="letter"),
    path("my/letters/<slug:ref>/letter.pdf", letters.pdf, name="letter-pdf"),
    path("my/file.pdf", letters.own_file, name="own-file"),
    path("my/help/", helped.helped, name="help"),
    path("my/help/<slug:ref>/changed/", helped.changed, name="help-changed"),
    path("my/help/<slug:ref>/renew/", helped.renew, name="help-renew"),
    path("my/help/invited/<slug:ref>/", helped.invited, name="help-invited"),
    path("my/money/", money.money, name="money"),
    path("my/money/arrived/<slug:ref>/", money.arrived, name="money-arrived"),
    path("my/money/account/<slug:ref>/", money.account, name="money-account"),
    path("my/money/stop/<slug:ref>/", money.account_stop, name="money-account-stop"),
    path("my/reports/", reports.listed, name="reports"),
    path("my/reports/<slug:ref>/", reports.report, name="report"),
    path("my/reports/<slug:ref>/report.json", reports.bytes_of, name="report-json"),
    path("my/reports/<slug:ref>/report.pdf", reports.sheet, name="report-pdf"),
    path("my/checks/<slug:check>/object/", objections.object_to, name="object"),
    path("my/objections/<slug:ref>/", objections.objection, name="objection"),
    path("my/objections/<slug:ref>/withdraw/", objections.withdraw, name="objection-withdraw"),
    path("my/questions/", questions.questions, name="questions"),
    path("my/questions/<slug:ref>/", questions.question, name="question"),
    path("my/agree/<slug:ref>/", signing.agree, name="agree"),
    path("apply/", apply.begin, name="apply"),
    path("apply/for/", proxy.who, name="for"),
    path("apply/for/relation/", proxy.relation, name="for-relation"),
    path("apply/for/knows/", proxy.knows, name="for-knows"),
    path("apply/<slug:ref>/help/", choosing.choose, name="apply-help"),
    *(
        path(f"apply/<slug:ref>/{name}/", apply.step, {"name": name}, name=f"apply-{name}")
        for name in ("hardship", "household", "income", "account", "check")
    ),
]
