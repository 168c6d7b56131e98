"""Addresses of the desk."""

from __future__ import annotations

from django.urls import include, path

from doudi.web.desk.alerts import views as alerts
from doudi.web.desk.alike import views as alike
from doudi.web.desk.cases import views as cases
from doudi.web.desk.deviations import views as deviations
from doudi.web.desk.doors import views as doors
from doudi.web.desk.feeds import arriving, corrections, mend, quality
from doudi.web.desk.feeds import live as feeds_live
from doudi.web.desk.feeds import views as feeds
from doudi.web.desk.household import views as household
from doudi.web.desk.late import views as late
from doudi.web.desk.life import views as life
from doudi.web.desk.looking import views as looking
from doudi.web.desk.meetings import views as meetings
from doudi.web.desk.papers import bringing, filing, retiring
from doudi.web.desk.papers import views as papers
from doudi.web.desk.payment import views as payment
from doudi.web.desk.people import views as people
from doudi.web.desk.person import views as person
from doudi.web.desk.publicity import views as publicity
from doudi.web.desk.reasons import views as reasons
from doudi.web.desk.register import views as register
from doudi.web.desk.reports import views as reports
from doudi.web.desk.requests import views as requests
from doudi.web.desk.retention import views as retention
from doudi.web.desk.services import views as services
from doudi.web.desk.signing import views as signing
from doudi.web.desk.staffing import views as staffing
from doudi.web.desk.today import views as today
from doudi.web.desk.whatif import views as whatif
from doudi.web.desk.withdrawn import views as withdrawn

app_name = "desk"
urlpatterns = [
    path("", today.today, name="today"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<slug:ref>/clocks/", late.of_case, name="case-clocks"),
    path("late/", late.late, name="late"),
    path("leave/", staffing.mine, name="leave"),
    path("leave/post/", staffing.pick, name="leave-post"),
    path("leave/<slug:leave>/end/", staffing.end, name="leave-end"),
    path("staff/", staffing.staff, name="staff"),
    path("staff/<slug:leave>/", staffing.choose, name="staff-choose"),
    path("calendar/", staffing.calendar, name="calendar"),
    path("cases/<slug:ref>/reasons/", reasons.of_case, name="case-reasons"),
    path("cases/<slug:ref>/services/", services.of_case, name="case-services"),
    path("cases/<slug:ref>/signing/", signing.signing, name="signing"),
    path("cases/<slug:ref>/signing/supporter/", signing.add, name="signing-add"),
    path("cases/<slug:ref>/signing/<slug:who>/", signing.sign, name="signing-sign"),
    path("cases/<slug:ref>/signing/<slug:who>/remove/", signing.remove, name="signing-remove"),
    path("cases/<slug:ref>/signing/<slug:who>/withdraw/", signing.withdraw, name="signing-withdraw"),
    path("cases/<slug:ref>/signing/<slug:who>/sheet/", signing.sheet, name="signing-sheet"),
    path("cases/<slug:ref>/letter/", papers.letter, name="letter"),
    path("cases/<slug:ref>/papers/", papers.page, name="papers"),
    path("cases/<slug:ref>/papers/<slug:code>/", papers.paper, name="papers-paper"),
    path("papers/letters/", bringing.letters, name="papers-letters"),
    path("papers/letters/<slug:ref>/", bringing.serve, name="papers-serve"),
    path("papers/retiring/", retiring.retiring, name="papers-retiring"),
    path("papers/scan/", bringing.find, name="papers-find"),
    path("papers/scan/<slug:number>/", bringing.scan, name="papers-scan"),
    path("papers/sheets/<slug:ref>/", papers.sheet, name="papers-sheet"),
    path("papers/sheets/<slug:ref>/paper.pdf", papers.pdf, name="papers-pdf"),
    path("papers/<slug:ref>/", signing.paper, name="paper"),
    path("cases/<slug:ref>/looking/", looking.looking, name="looking"),
    path("cases/<slug:ref>/looking/neighbour/", looking.neighbour, name="looking-neighbour"),
    path("cases/<slug:ref>/looking/letter/", looking.letter, name="looking-letter"),
    path("cases/<slug:ref>/looking/letter/<slug:inquiry>/answer/", looking.answer, name="looking-answer"),
    path("cases/<slug:ref>/looking/letter/<slug:inquiry>/silent/", looking.silent, name="looking-silent"),
    path("cases/<slug:ref>/looking/<slug:survey>/sign/", looking.sign, name="looking-sign"),
    path("cases/<slug:ref>/looking/<slug:survey>/sheet/", looking.sheet, name="looking-sheet"),
    path("cases/<slug:ref>/looking/<slug:survey>/thing/", looking.thing, name="looking-thing"),
    path("cases/<slug:ref>/appraisal/", meetings.appraisal, name="appraisal"),
    path("cases/<slug:ref>/appraisal/call/", meetings.call, name="appraisal-call"),
    path("cases/<slug:ref>/appraisal/<slug:meeting>/recuse/", meetings.recuse, name="appraisal-recuse"),
    path("cases/<slug:ref>/appraisal/<slug:meeting>/hold/", meetings.hold, name="appraisal-hold"),
    path("cases/<slug:ref>/appraisal/<slug:meeting>/drop/", meetings.drop, name="appraisal-drop"),
    path("cases/<slug:ref>/appraisal/<slug:meeting>/sheets/", meetings.sheets, name="appraisal-sheets"),
    path("cases/<slug:ref>/consultation/", meetings.consultation, name="consultation"),
    path("cases/<slug:ref>/consultation/keep/", meetings.consult, name="consult"),
    path("cases/<slug:ref>/alike/", alike.alike, name="alike"),
    path("", include("doudi.web.desk.road.urls")),
    path("cases/<slug:ref>/", include("doudi.web.desk.case.urls")),
    path("precedents/", alike.precedents, name="precedents"),
    path("precedents/<slug:ref>/review/", alike.review, name="precedent-review"),
    path("deviations/", deviations.deviations, name="deviations"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/new/", alerts.new, name="alerts-new"),
    path("alerts/<slug:ref>/", alerts.alert, name="alert"),
    path("alerts/<slug:ref>/assign/", alerts.assign, name="assign"),
    path("alerts/<slug:ref>/dismiss/", alerts.dismiss, name="dismiss"),
    path("register/", register.who, name="who"),
    path("register/receipt/<slug:receipt>/", register.receipt, name="receipt"),
    path("register/<slug:ref>/", register.window, name="window"),
    path("register/<slug:ref>/help/", register.choose, name="window-help"),
    path("doors/", include("doudi.web.desk.doors.urls")),
    path("cases/<slug:ref>/helper/", doors.helper, name="helper"),
    path("cases/<slug:ref>/application/", doors.application, name="application"),
    path("shown/", publicity.showings, name="showings"),
    path("shown/object/<slug:ref>/", publicity.object_to, name="object"),
    path("shown/<str:area>/sheet/", publicity.sheet, name="sheet"),
    path("shown/<str:area>/photo/", publicity.photograph, name="board-photo"),
    path("shown/<str:area>/results/", publicity.results, name="results-sheet"),
    path("payment/", payment.runs, name="runs"),
    path("payment/<slug:ref>/", payment.run, name="run"),
    path("payment/<slug:ref>/approve/", payment.approve, name="run-approve"),
    path("payment/<slug:ref>/send/", payment.send, name="run-send"),
    path("payment/<slug:ref>/file/", payment.bank_file, name="run-file"),
    path("payment/<slug:ref>/checksum/", payment.checksum, name="run-checksum"),
    path("payment/<slug:ref>/returns/", payment.returns, name="run-returns"),
    path("payment/<slug:ref>/reissue/<slug:line>/", payment.reissue, name="run-reissue"),
    path("services/", include("doudi.web.desk.services.urls")),
    path("whatif/", whatif.page, name="whatif"),
    path("whatif/rates/", whatif.rates, name="whatif-rates"),
    path("whatif/table.csv", whatif.table, name="whatif-csv"),
    path("whatif/figures.json", whatif.figures, name="whatif-json"),
    path("people/", people.people, name="people"),
    path("people/table.csv", people.export, name="people-csv"),
    path("people/tell/", people.tell, name="people-tell"),
    path("people/<slug:pid>/visit/", people.ask_visit, name="people-visit"),
    path("find/", person.find, name="find"),
    path("household/events/", household.events, name="events"),
    path("household/<slug:pid>/", household.household, name="household"),
    path("household/<slug:pid>/file/", filing.household_file, name="household-file"),
    path("household/<slug:pid>/file.pdf", filing.export, name="household-file-pdf"),
    path("household/<slug:pid>/member/", household.member, name="household-member"),
    path("household/<slug:pid>/say/", household.say, name="household-say"),
    path("household/<slug:pid>/back/<slug:ref>/", household.take_back, name="household-back"),
    path("household/<slug:pid>/report/", household.report, name="household-report"),
    path("household/<slug:pid>/events/<slug:ref>/settle/", household.settle, name="event-settle"),
    path("household/<slug:pid>/events/<slug:ref>/undo/", household.undo, name="event-undo"),
    path("requests/", requests.requests, name="requests"),
    path("requests/<slug:ref>/", requests.one, name="request"),
    path("requests/<slug:ref>/erase/", requests.erase, name="request-erase"),
    path("person/<slug:pid>/", person.person, name="person"),
    path("person/<slug:pid>/part/<slug:name>/", person.part, name="person-part"),
    path("person/<slug:pid>/reasons/", reasons.reach, name="reach"),
    path("person/<slug:pid>/reasons/<slug:programme>/", reasons.reasons_of, name="reasons"),
    path("person/<slug:pid>/reasons/<slug:programme>/answer.json", reasons.bytes_of, name="reasons-bytes"),
    path("benefits/", include("doudi.web.desk.benefits.urls")),
    path("objections/", include("doudi.web.desk.objections.urls")),
    path("orders/", include("doudi.web.desk.orders.urls")),
    path("checks/", include("doudi.web.desk.checks.urls")),
    path("sources/", include("doudi.web.desk.sources.urls")),
    path("reports/", reports.listed, name="reports"),
    path("reports/issue/<slug:check>/", reports.issue, name="report-issue"),
    path("reports/<slug:ref>/", reports.one, name="report"),
    path("reports/<slug:ref>/report.json", reports.bytes_of, name="report-json"),
    path("reports/<slug:ref>/report.pdf", reports.sheet, name="report-pdf"),
    path("feeds/", feeds.deliveries, name="feeds"),
    path("feeds/upload/", arriving.upload, name="feed-upload"),
    path("feeds/upload/<str:ref>/", arriving.look, name="feed-look"),
    path("feeds/receipts/", arriving.receipts, name="feed-receipts"),
    path("feeds/receipts/<int:number>/", arriving.receipt, name="feed-receipt"),
    path("feeds/sources/", arriving.sources, name="feed-sources"),
    path("feeds/senders/", arriving.senders, name="feed-senders"),
    path("feeds/senders/new/", arriving.sender, name="feed-sender-new"),
    path("feeds/senders/<slug:code>/", arriving.sender, name="feed-sender"),
    path("feeds/live/", feeds_live.streams, name="feeds-live"),
    path("feeds/<int:number>/", feeds.delivery, name="feed"),
    path("feeds/<int:number>/withdraw/", withdrawn.withdraw, name="withdraw"),
    path("peers/", include("doudi.web.desk.peers.urls")),
    path("retention/", retention.retention, name="retention"),
    path("withdrawn/", withdrawn.touched, name="touched"),
    path("quality/", quality.page, name="quality"),
    path("quality/<slug:department>/", quality.department, name="quality-of"),
    path("feeds/<int:number>/differ/<slug:check>/", quality.differ, name="quality-differ"),
    path("feeds/<int:number>/differ/<slug:check>/ask/", quality.ask, name="quality-ask"),
    path("feeds/<int:number>/rejects/ask/", corrections.rejects, name="rejects-ask"),
    path("corrections/", corrections.page, name="corrections"),
    path("corrections/ask/", corrections.ask_us, name="correction-ask-us"),
    path("corrections/letter/<slug:department>/", corrections.letter, name="correction-letter"),
    path("corrections/letter/<slug:department>/list.xlsx", corrections.letter_file, name="correction-letter-file"),
    path("corrections/<slug:ref>/", corrections.one, name="correction"),
    path("corrections/<slug:ref>/answer/", corrections.answer, name="correction-answer"),
    path("corrections/<slug:ref>/withdraw/", corrections.withdraw, name="correction-withdraw"),
    path("feeds/<int:number>/left.<slug:kind>", mend.left, name="left"),
    path("feeds/<int:number>/mend/", mend.page, name="mend"),
    path("feeds/<int:number>/mend/add/", mend.add, name="mend-add"),
    path("feeds/<int:number>/mend/drop/", mend.drop, name="mend-drop"),
    path("feeds/<int:number>/mend/saved/", mend.saved, name="mend-saved"),
    path("feeds/<int:number>/mend/apply/", mend.apply, name="mend-apply"),
    path("feeds/<int:number>/mend/rows/", mend.rows, name="mend-rows"),
    path("feeds/<int:number>/mend/rows/<int:row>/", mend.row, name="mend-row"),
    path("feeds/refused/<int:refusal>/mend/", mend.page, name="mend-refused"),
    path("feeds/refused/<int:refusal>/mend/add/", mend.add, name="mend-add-refused"),
    path("feeds/refused/<int:refusal>/mend/drop/", mend.drop, name="mend-drop-refused"),
    path("feeds/refused/<int:refusal>/mend/saved/", mend.saved, name="mend-saved-refused"),
    path("feeds/refused/<int:refusal>/mend/apply/", mend.apply, name="mend-apply-refused"),
    path("feeds/mending/<slug:ref>/undo/", mend.undo, name="mend-undo"),
    path("pairs/", include("doudi.web.desk.pairs.urls")),
    path("rules/life/", life.page, name="rules-life"),
    path("rules/", include("doudi.web.desk.rules.urls")),
]
