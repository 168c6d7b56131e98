"""Addresses of the desk."""

from __future__ import annotations

from django.urls import include, path

from doudi.web.desk.alerts import views as alerts
from doudi.web.desk.cases import views as cases
from doudi.web.desk.checks import views as checks
from doudi.web.desk.feeds import views as feeds
from doudi.web.desk.life import views as life
from doudi.web.desk.payment import views as payment
from doudi.web.desk.person import views as person
from doudi.web.desk.publicity import views as publicity
from doudi.web.desk.reasons import views as reasons
from doudi.web.desk.register import views as register
from doudi.web.desk.today import views as today
from doudi.web.desk.whatif import views as whatif
from doudi.web.desk.withdrawn import views as withdrawn

app_name = "desk"
urlpatterns = [
    path("", today.today, name="today"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<slug:ref>/reasons/", reasons.of_case, name="case-reasons"),
    path("cases/<slug:ref>/", include("doudi.web.desk.case.urls")),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/<slug:ref>/", alerts.alert, name="alert"),
    path("alerts/<slug:ref>/assign/", alerts.assign, name="assign"),
    path("alerts/<slug:ref>/dismiss/", alerts.dismiss, name="dismiss"),
    path("register/", register.who, name="who"),
    path("register/receipt/<slug:receipt>/", register.receipt, name="receipt"),
    path("register/<slug:ref>/", register.window, name="window"),
    path("shown/", publicity.showings, name="showings"),
    path("shown/object/<slug:ref>/", publicity.object_to, name="object"),
    path("shown/<str:area>/sheet/", publicity.sheet, name="sheet"),
    path("payment/", payment.runs, name="runs"),
    path("payment/<slug:ref>/", payment.run, name="run"),
    path("payment/<slug:ref>/approve/", payment.approve, name="run-approve"),
    path("payment/<slug:ref>/send/", payment.send, name="run-send"),
    path("payment/<slug:ref>/file/", payment.bank_file, name="run-file"),
    path("payment/<slug:ref>/checksum/", payment.checksum, name="run-checksum"),
    path("payment/<slug:ref>/returns/", payment.returns, name="run-returns"),
    path("payment/<slug:ref>/reissue/<slug:line>/", payment.reissue, name="run-reissue"),
    path("whatif/", whatif.page, name="whatif"),
    path("whatif/rates/", whatif.rates, name="whatif-rates"),
    path("whatif/table.csv", whatif.table, name="whatif-csv"),
    path("whatif/figures.json", whatif.figures, name="whatif-json"),
    path("find/", person.find, name="find"),
    path("person/<slug:pid>/", person.person, name="person"),
    path("person/<slug:pid>/part/<slug:name>/", person.part, name="person-part"),
    path("person/<slug:pid>/reasons/", reasons.reach, name="reach"),
    path("person/<slug:pid>/reasons/<slug:programme>/", reasons.reasons_of, name="reasons"),
    path("person/<slug:pid>/reasons/<slug:programme>/answer.json", reasons.bytes_of, name="reasons-bytes"),
    path("checks/", checks.checks, name="checks"),
    path("checks/<slug:ref>/", checks.check, name="check-one"),
    path("feeds/", feeds.deliveries, name="feeds"),
    path("feeds/<int:number>/", feeds.delivery, name="feed"),
    path("feeds/<int:number>/withdraw/", withdrawn.withdraw, name="withdraw"),
    path("withdrawn/", withdrawn.touched, name="touched"),
    path("rules/life/", life.page, name="rules-life"),
    path("rules/", include("doudi.web.desk.rules.urls")),
]
