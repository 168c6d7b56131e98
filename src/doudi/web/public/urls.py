"""Addresses open to everybody."""

from __future__ import annotations

from django.urls import path

from doudi.web.public import information, papers, reports, views

app_name = "public"
urlpatterns = [
    path("", views.home, name="home"),
    path("helpers/", views.helpers, name="helpers"),
    path("progress/", views.progress, name="progress"),
    path("progress/<str:receipt>/", views.progress_of, name="progress-of"),
    path("shown/", views.shown, name="shown"),
    path("shown/answer/", views.objection_answer, name="objection-answer"),
    path("shown/results/", views.results, name="results"),
    path("shown/<slug:ref>/", views.object_to, name="object"),
    path("standards/", information.rules, name="standards"),
    path("figures/", information.figures, name="figures"),
    path("figures.csv", information.figures_csv, name="figures-csv"),
    path("ask/", information.ask, name="ask"),
    path("papers/", papers.listed, name="papers"),
    path("papers/<slug:code>/", papers.paper, name="paper"),
    path("papers/<slug:code>/paper.pdf", papers.pdf, name="paper-pdf"),
    path("sheet/paper/<slug:token>/", papers.check, name="paper-check"),
    path("sheet/", views.sheet, name="sheet"),
    path("sheet/reasons/<str:token>/", views.reasons_check, name="reasons-check"),
    path("sheet/check/<slug:token>/", reports.check, name="report-check"),
    path("sheet/check/<slug:token>/proof.json", reports.proof, name="report-proof"),
]
