"""Which language a page speaks: Chinese, unless the reader chose English on a page made for the public."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

STAFF = ("/desk/", "/field/", "/audit/")  # staff write letters to people; their pages stay in one language


class ChosenLanguage:
    """Activate the language the reader picked. A phone set to another language by a grandson does not decide it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        known = {code for code, _ in settings.LANGUAGES}
        language = settings.LANGUAGE_CODE if chosen not in known or request.path.startswith(STAFF) else chosen
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
