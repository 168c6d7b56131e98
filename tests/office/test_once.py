"""What one reading asks for once: a name found before is not asked for again, and nothing is kept beyond the reading."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

import people
from doudi.office import actions, queries
from doudi.office.models import Area, JournalEntry
from doudi.web.parts.reading import OneReading
from people import NOON

NAMES = {"a": "甲", "b": "乙"}


def asker():
    asked = []

    def ask(keys):
        asked.append(sorted(keys))
        return {key: NAMES[key] for key in keys if key in NAMES}

    return asked, ask


def test_inside_one_reading_each_key_is_asked_for_once_and_those_nobody_knows_too():
    asked, ask = asker()
    with queries.one_reading():
        assert queries.once("x", ["a", "c"], ask) == {"a": "甲"}
        with queries.one_reading():  # a reading inside a reading is the same one
            assert queries.once("x", ["a", "b", "c"], ask) == {"a": "甲", "b": "乙"}
        assert queries.once("y", ["a"], ask) == {"a": "甲"}
    assert asked == [["a", "c"], ["b"], ["a"]]


def test_outside_and_in_another_thread_nothing_is_remembered():
    asked, ask = asker()
    queries.once("x", ["a"], ask), queries.once("x", ["a"], ask)
    with queries.one_reading(), ThreadPoolExecutor(1) as other:
        queries.once("x", ["a"], ask)
        other.submit(queries.once, "x", ["a"], ask).result()
    queries.once("x", ["a"], ask)
    assert asked == [["a"]] * 5


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "sees"), [("get", "柳塘镇"), ("post", "新名字")])
def test_only_a_request_that_changes_nothing_is_one_reading(method, sees):
    people.places()

    def page(request):
        queries.area_label(people.TOWNSHIP)
        Area.objects.filter(code=people.TOWNSHIP).update(label="新名字")
        return HttpResponse(queries.area_label(people.TOWNSHIP))

    answer = OneReading(page)(getattr(RequestFactory(), method)("/"))
    assert answer.content.decode() == sees and queries.area_label(people.TOWNSHIP) == "新名字"


@pytest.mark.django_db
def test_a_look_that_is_noted_already_locks_nothing(django_assert_num_queries):
    viewer = queries.viewer(people.clerk_li(), "case.read", NOON)
    actions.look(subject="p1", viewer=viewer, at=NOON, what="案卷")
    with django_assert_num_queries(1):  # no savepoint: it is asked, and that is all
        actions.look(subject="p1", viewer=viewer, at=NOON, what="案卷")
    actions.look(subject="p1", viewer=viewer, at=NOON, what="期限")
    assert JournalEntry.objects.filter(act="office.look", subject="p1").count() == 2
