"""Addresses of the rules."""

from __future__ import annotations

from django.urls import path

from doudi.web.desk.rules import browse, changes, writing

urlpatterns = [
    path("", browse.rules, name="rules"),
    path("rule/<slug:code>/", browse.rule, name="rules-rule"),
    path("number/<str:name>/", browse.number, name="rules-number"),
    path("number/<str:name>/set/", writing.set_number, name="rules-set"),
    path("new/", writing.new, name="rules-new"),
    path("check/", writing.check, name="rules-check"),
    path("changes/", changes.changes, name="rules-changes"),
    path("changes/<slug:ref>/", changes.change, name="rules-change"),
    path("changes/<slug:ref>/edit/", writing.edit, name="rules-edit"),
    path("changes/<slug:ref>/propose/", changes.propose, name="rules-propose"),
    path("changes/<slug:ref>/withdraw/", changes.withdraw, name="rules-withdraw"),
    path("changes/<slug:ref>/approve/", changes.approve, name="rules-approve"),
    path("changes/<slug:ref>/reject/", changes.reject, name="rules-reject"),
    path("changes/<slug:ref>/undo/", changes.undo, name="rules-undo"),
]
