"""Addresses of the resident's own side."""

from __future__ import annotations

from django.urls import path

from doudi.web.phone.my import views as my

app_name = "phone"
urlpatterns = [
    path("my/sign-in/", my.sign_in, name="sign-in"),
    path("my/sign-in/code/", my.code, name="code"),
    path("my/sign-out/", my.sign_out, name="sign-out"),
]
