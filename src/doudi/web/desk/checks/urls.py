"""Addresses of checks of whole rolls, their anomalies and samples."""

from __future__ import annotations

from django.urls import path

from doudi.web.desk.checks import anomalies, samples, views

urlpatterns = [
    path("", views.checks, name="checks"),
    path("new/", views.new, name="check-new"),
    path("anomalies/", anomalies.anomalies, name="anomalies"),
    path("anomalies/table.csv", anomalies.export, name="anomalies-csv"),
    path("anomalies/<slug:ref>/", anomalies.anomaly, name="anomaly"),
    path("anomalies/<slug:ref>/hand/", anomalies.hand, name="anomaly-hand"),
    path("anomalies/<slug:ref>/close/", anomalies.close, name="anomaly-close"),
    path("anomalies/<slug:ref>/back/", anomalies.back, name="anomaly-back"),
    path("anomalies/<slug:ref>/reopen/", anomalies.reopen, name="anomaly-reopen"),
    path("samples/<slug:ref>/", samples.sample, name="check-sample"),
    path("samples/<slug:ref>/<int:place>/", samples.look, name="check-look"),
    path("<slug:ref>/", views.check, name="check-one"),
    path("<slug:ref>/progress/", views.progress, name="check-progress"),
    path("<slug:ref>/draw/", views.draw, name="check-draw"),
]
