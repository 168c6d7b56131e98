"""Which audience lives at which address. An audience that is not installed has no address."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

from doudi.web.parts import views as parts

AUDIENCES = (
    ("", "public"),
    ("", "phone"),  # my/ and apply/
    ("desk/", "desk"),
    ("field/", "field"),
    ("audit/", "oversight"),
    ("api/v1/", "api"),
)

urlpatterns = [
    path("look/", parts.look, name="look"),
    path("desk/login/", parts.sign_in, name="desk-login"),
    path("desk/logout/", parts.sign_out, name="desk-logout"),
    path("gallery/", include("doudi.web.parts.urls")),
]
urlpatterns += [
    path(prefix, include(f"doudi.web.{audience}.urls"))
    for prefix, audience in AUDIENCES
    if find_spec(f"doudi.web.{audience}") and find_spec(f"doudi.web.{audience}.urls")
]
if settings.DEMO and find_spec("doudi.web.demo.urls"):
    urlpatterns.append(path("demo/", include("doudi.web.demo.urls")))
