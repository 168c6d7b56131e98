"""Addresses of oversight."""

from __future__ import annotations

from django.urls import path

from doudi.web.oversight import supervision, views

app_name = "oversight"
urlpatterns = [
    path("", views.today, name="today"),
    path("supervision/", supervision.boards, name="supervision"),
    path("supervision/<slug:code>/", supervision.rule, name="supervision-rule"),
    path("story/", views.find, name="find"),
    path("story/<slug:subject>/", views.story, name="story"),
    path("journal/", views.journal, name="journal"),
    path("journal/verify/", views.verify, name="verify"),
    path("journal/sign/", views.sign, name="sign"),
    path("journal/checkpoint/", views.checkpoint, name="checkpoint"),
    path("journal/<int:seq>/proof/", views.proof, name="proof"),
]
