"""The home page and the pages anybody may read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from doudi.web.parts.permits import open_page


@open_page
def home(request: HttpRequest) -> HttpResponse:
    """The front door: one main action, three ways besides, and somebody to call."""
    return render(request, "public/home.html")
