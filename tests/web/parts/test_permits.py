"""Who gets in: the decorators of pages."""

import pytest
from django.http import HttpResponse

from doudi.web.parts.permits import OPEN, RESIDENT, open_page, permit, resident


def answer(request):
    return HttpResponse("in")


def test_a_misspelt_act_stops_the_start():
    with pytest.raises(KeyError):
        permit("case.acept")


def test_every_decorator_leaves_its_mark():
    assert open_page(answer).permit == OPEN
    assert resident(answer).permit == RESIDENT
    assert permit("case.accept")(answer).permit == "case.accept"


def test_a_stranger_is_sent_to_sign_in(rf):
    request = rf.get("/my/")
    request.session = {}
    response = resident(answer)(request)
    assert response.status_code == 302 and response.url == "/my/sign-in/?next=%2Fmy%2F"


def test_a_signed_in_resident_gets_in_and_nothing_is_kept_on_the_phone(rf):
    request = rf.get("/my/")
    request.session = {"pid": "p" + "0" * 20}
    response = resident(answer)(request)
    assert response.content == b"in" and response["Cache-Control"] == "no-store"
