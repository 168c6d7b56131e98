"""A change of the law that an update made unreadable: every page says so, none answers by other rules."""

import pytest

import people
from doudi.policy.language.errors import RuleError
from doudi.rulebook import queries
from web import staged

pytestmark = pytest.mark.django_db


@pytest.fixture
def unreadable(monkeypatch):
    def refuse(known_on=None):
        raise RuleError("事实目录里没有“ag”", where="本县：改 L01（g1）")

    monkeypatch.setattr(queries, "pack", refuse)


def test_staff_read_which_and_where_to_put_it_right(client, unreadable):
    answer = staged.signed_in(client, people.clerk_li()).get("/desk/alerts/")
    words = answer.content.decode()
    assert answer.status_code == 503
    assert "本县：改 L01" in words and "事实目录里没有" in words and "/desk/rules/" in words


def test_others_learn_where_to_turn_and_nothing_of_the_inside(client, unreadable):
    answer = client.get("/standards/")
    words = answer.content.decode()
    assert answer.status_code == 503
    assert "12345" in words and "L01" not in words
