"""Staff sign in by name and password."""

import pytest
from django.core.cache import cache

import people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forget():
    cache.clear()
    yield
    cache.clear()  # or whoever signs in next in this process would have to wait


def enter(client, password, username="li"):
    return client.post("/desk/login/", {"username": username, "password": password, "next": "/desk/"})


def test_the_right_password_opens_the_desk(client):
    people.clerk_li()
    assert enter(client, "doudi-demo-2026").url == "/desk/"


def test_a_wrong_one_is_said_and_says_nothing_more(client):
    people.clerk_li()
    wrong, nobody = enter(client, "x"), enter(client, "x", "nobody")
    assert wrong.status_code == nobody.status_code == 422
    assert "用户名和密码对不上" in wrong.content.decode() and "用户名和密码对不上" in nobody.content.decode()


def test_after_five_wrong_ones_even_the_right_one_waits(client):
    people.clerk_li()
    for _ in range(5):
        enter(client, "x")
    answer = enter(client, "doudi-demo-2026")
    assert answer.status_code == 422 and "过十分钟再试" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_clerk_without_a_post_is_told_so(client):
    li = people.clerk_li()
    li.posts.all().delete()
    client.force_login(li)
    answer = client.get("/desk/")
    assert answer.status_code == 403 and "现在没有岗位" in answer.content.decode()


def test_leaving(client):
    client.force_login(people.clerk_li())
    assert client.post("/desk/logout/").url == "/desk/login/"
    assert client.get("/desk/").url.startswith("/desk/login/")
