"""`doudi clerk`: the first people of a new office, before anybody can sign in."""

from __future__ import annotations

import click

from doudi.config.cli import answer, could_not, new_database, start_django


def register(cli: click.Group) -> None:
    cli.add_command(clerk)


@click.group()
def clerk() -> None:
    """Clerks and their posts."""


@clerk.command()
@click.argument("username")
@click.option("--name", required=True, help="as people see it on letters")
@click.option("--role", required=True, help="village, township, county, verification, data, auditor or director")
@click.option("--area", required=True, help="code of the place the post is for")
@click.option("--department", default="", help="code of the one department a data officer works for; none: the office itself")
@click.password_option(help="asked for when not given; ten characters or more")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def add(username: str, name: str, role: str, area: str, department: str, password: str, as_json: bool) -> None:
    """Hire somebody and give them a post."""
    start_django()
    new_database()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from doudi.office import actions, queries
    from doudi.office.core import NotAllowed, Party, Role

    posts = [str(one) for one in Role if one is not Role.RESIDENT]
    if role not in posts:
        could_not(f"There is no role {role!r}. Roles: {', '.join(posts)}.", as_json=as_json)
    if queries.clerk(username) is not None:
        could_not(f"{username} works here already.", as_json=as_json)
    try:
        validate_password(password)
        with transaction.atomic():
            by, at = Party.system("clerk"), queries.now()
            hired = actions.hire(username=username, name=name, password=password, by=by, at=at)
            day = queries.today(at)
            actions.appoint(clerk=hired, role=Role(role), area=area, department=department, from_on=day, by=by, at=at)
    except ValidationError as why:
        could_not(" ".join(why.messages), as_json=as_json)
    except NotAllowed as why:
        could_not(str(why), as_json=as_json)
    answer({"username": username, "role": role, "area": area}, as_json=as_json, lines=lambda: [f"{username}: {role}, {area}"])
