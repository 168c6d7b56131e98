"""Read alerts, read how far a receipt is; and the page that describes the whole door, feeds too."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern
from ninja import NinjaAPI, Query
from ninja.errors import HttpError
from ninja.renderers import JSONRenderer

import doudi
from doudi.casework import core as road
from doudi.casework import queries as cases
from doudi.exchange.core.signing import NotSigned
from doudi.exchange.jobs import Busy, Refused
from doudi.monitoring import queries as monitoring
from doudi.office import queries as office
from doudi.office.core import NotAllowed
from doudi.rulebook import queries as rulebook
from doudi.web.api import answers, events, feeds, objections, peers, recognition, reports, shapes
from doudi.web.api.tokens import Token
from doudi.web.parts import roads
from doudi.web.parts.permits import OPEN, open_page


class Readable(JSONRenderer):
    """JSON whose Chinese people can read."""

    json_dumps_params: ClassVar = {"ensure_ascii": False}


api = NinjaAPI(
    renderer=Readable(),
    title="doudi",
    version=doudi.__version__,
    description="One door for machines. Who sends data signs each request (RFC 9421) with the key it registered. "
    "Who reads brings a token made by `doudi token USERNAME`, as `Authorization: Bearer …`.",
    urls_namespace="api",
    docs_url=None,  # the page below needs nothing from elsewhere
    openapi_url="openapi.json",
)


@api.exception_handler(Refused)
def refused(request: HttpRequest, why: Refused) -> HttpResponse:
    """A batch that cannot be taken in: the reason, and what to do."""
    return api.create_response(request, {"detail": str(why), "reason": why.reason, "fix": why.fix}, status=422)


@api.exception_handler(NotSigned)
def not_signed(request: HttpRequest, why: NotSigned) -> HttpResponse:
    """A request whose signature does not let it in: the reason, and what to do."""
    return api.create_response(request, {"detail": why.message, "reason": why.reason, "fix": why.fix}, status=401)


@api.exception_handler(NotAllowed)
def not_allowed(request: HttpRequest, why: NotAllowed) -> HttpResponse:
    """Something the token's post or the sender may not do."""
    return api.create_response(request, {"detail": str(why), "reason": "not_allowed"}, status=403)


@api.exception_handler(Busy)
def busy(request: HttpRequest, why: Busy) -> HttpResponse:
    """Another request is at work on the same upload."""
    told = {"detail": "这个文件正在接收或入库。", "reason": "busy", "fix": "请过一会儿再问一次，不用重发。"}
    return api.create_response(request, told, status=409)


api.add_router("feeds/", feeds.router)
api.add_router("", events.router)
api.add_router("", objections.router)
api.add_router("", reports.router)
api.add_router("", recognition.router)
api.add_router("peers/", peers.router)
peers.say_refused(api)
api.add_router("", answers.router)


@api.get("health", response=shapes.Health, tags=["site"], summary="Does it answer", auth=None)
def health(request: HttpRequest) -> dict[str, Any]:
    """Answers when the site and its database do."""
    return {"status": "ok", "version": doudi.__version__, "now": office.now()}


@api.get(
    "alerts", response={200: shapes.Alerts, 422: shapes.Problem}, auth=Token("alert.list"), tags=["alerts"], summary="Read alerts"
)
def alerts(
    request: HttpRequest,
    state: Literal["open", "assigned", "closed", "lapsed"] = Query("open", description="where the alert is"),
    level: str = Query("", description="R, O or Y; all when left out"),
    indicator: str = Query("", description="a code of the rules; all when left out"),
    after: str = Query("", description="`next` of the page before"),
    limit: int = Query(30, ge=1, le=200),
) -> dict[str, Any]:
    """Alerts in the area of the token's post and nowhere else. Whom one is about is read on a page that notes the look."""
    try:
        page = monitoring.inbox(request.viewer, state=state, level=level, indicator=indicator, after=after, size=limit)
    except NotAllowed as why:
        raise HttpError(422, str(why)) from None
    labels = {code: versions[-1].label for code, versions in rulebook.pack().indicators.items()}
    rows = [
        {
            "ref": row.ref,
            "indicator": row.indicator,
            "label": labels.get(row.indicator, row.indicator),
            "level": str(row.level),
            "name": row.masked_name,
            "area": row.area,
            "area_label": row.area_label,
            "state": str(row.state),
            "raised_on": row.raised_on,
            "due_on": row.due_on,
        }
        for row in page.rows
    ]
    return {"rows": rows, "next": page.next}


@api.get(
    "progress/{receipt}",
    response={200: shapes.Progress, 404: shapes.Problem},
    tags=["people"],
    summary="How far a case is, by its receipt",
    auth=None,
)
def progress(request: HttpRequest, receipt: str) -> dict[str, Any]:
    """Open to whoever holds the receipt; says nothing about who it is."""
    number = road.read_receipt(receipt)
    case = cases.progress(number, at=office.now()) if number else None
    if case is None:
        raise HttpError(404, "no case has this receipt; check the digits")
    return {
        "receipt": case.receipt,
        "programme": case.programme_label,
        "state": case.state,
        "says": case.says,
        "by_on": case.by_on,
        "by_whom": case.by_whom,
        "you_do": case.you_do,
        "stages": [
            {
                "code": one.code,
                "label": str(roads.STATIONS.get(one.code, one.label)),
                "state": one.state,
                "on": one.on,
                "due_on": one.due_on,
            }
            for one in case.stages
        ],
    }


@open_page
def docs(request: HttpRequest) -> HttpResponse:
    """The OpenAPI description as a page people read, drawn here."""
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation["summary"],
            "description": operation.get("description", ""),
            "token": bool(operation.get("security")),
            "parameters": operation.get("parameters", []),
            "body": _shape(schema, operation.get("requestBody")),
            "answer": _shape(schema, operation["responses"].get(200) or operation["responses"].get("200")),
        }
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    return render(request, "api/docs.html", {"operations": operations, "about": schema["info"]})


def _shape(schema: dict[str, Any], holder: dict[str, Any] | None) -> list[dict[str, str]]:
    """The fields of a request or answer, one line each."""
    if not holder:
        return []
    name = holder["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return [
        {"name": field, "kind": _kind(of), "description": of.get("description", "")}
        for field, of in schema["components"]["schemas"][name]["properties"].items()
    ]


def _kind(of: dict[str, Any]) -> str:
    if "anyOf" in of:
        return " or ".join(_kind(one) for one in of["anyOf"])
    if "$ref" in of:
        return of["$ref"].rpartition("/")[2]
    if of.get("type") == "array":
        return f"list of {_kind(of['items'])}"
    return of.get("format") or of.get("type", "anything")


def urls() -> tuple[list[URLPattern], str, str]:
    """The door's addresses, each saying who may use it as pages do: an act of the permission table, or open."""
    acts = {
        (prefix + path).strip("/").replace("{", "<").replace("}", ">"): operation.auth_callbacks[0].act
        for prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        if operation.auth_callbacks
    }
    patterns, app, namespace = api.urls
    for pattern in patterns:
        pattern.callback.permit = acts.get(str(pattern.pattern), OPEN)
    return patterns, app, namespace
