"""What stands on the boards: as little as the rules demand, a sheet to print, objections that stop one household."""

import pytest

import people
from web import staged

pytestmark = pytest.mark.django_db


def test_the_list_and_the_sheet_carry_masked_name_heads_and_amount_only(client):
    case = staged.shown()
    staged.signed_in(client, people.clerk_li())
    for address in ("/desk/shown/", f"/desk/shown/{people.VILLAGE}/sheet/"):
        words = client.get(address).content.decode()
        assert "王*兰" in words and "王桂兰" not in words and "王小宝" not in words and "透析" not in words
        assert people.granny_wang().citizen_no[-4:] not in words.replace(case.ref, "")
    assert "<svg" in client.get(f"/desk/shown/{people.VILLAGE}/sheet/").content.decode()


def test_the_sheet_of_another_place_is_not_ours(client):
    staged.shown()
    staged.signed_in(client, people.clerk_sun())
    assert client.get(f"/desk/shown/{people.VILLAGE}/sheet/").status_code == 404
    assert "现在没有正在公示的" in client.get("/desk/shown/").content.decode()


def test_an_objection_stops_this_household_and_the_township_answers(client):
    case = staged.shown()
    staged.signed_in(client, people.clerk_li())
    assert client.post(f"/desk/shown/object/{case.ref}/", {"said": ""}).status_code == 422
    assert (
        client.post(
            f"/desk/shown/object/{case.ref}/", {"said": "她儿子在城里有房", "channel": "window", "who": "", "phone": ""}
        ).status_code
        == 302
    )
    case.refresh_from_db()
    assert case.state == "objected"
    assert client.get(f"/desk/shown/object/{case.ref}/").status_code == 404
    words = client.get(f"/desk/cases/{case.ref}/").content.decode()
    assert "她儿子在城里有房" in words and "记下了解到的" in words
    client.post(f"/desk/cases/{case.ref}/reinvestigate/", {"found-words": "房子是租的，看过合同"})
    case.refresh_from_db()
    assert case.state == "investigating"
