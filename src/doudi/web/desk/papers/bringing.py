"""Letters on their way to families, and signed papers on their way back: for whoever walks there, the village too."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from doudi.casework import actions
from doudi.casework.core import papers
from doudi.casework.queries import sheets
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.web.desk.papers.forms import NumberForm, ScanForm, ServeForm
from doudi.web.parts.papers import handed_in
from doudi.web.parts.permits import permit


@permit("letter.serve")
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """Letters nobody brought yet, the most urgent first."""
    asked = request.GET.get("after", "")
    rows, following = sheets.letters_to_bring(request.viewer, after=int(asked) if asked.isdigit() else 0)
    shown = {"rows": rows, "next": following, "today": time.today(time.now())}
    return render(request, "desk/papers/letters.html", shown)


@permit("letter.serve")
@require_http_methods(["GET", "HEAD", "POST"])
def serve(request: HttpRequest, ref: str) -> HttpResponse:
    """Note how one letter was brought. What it says is not shown here.

    :raises Http404: no such letter, or not for this post and area
    """
    at = time.now()
    try:
        row = sheets.letter(ref, request.viewer)
    except NotAllowed:
        raise Http404 from None
    form, problem = ServeForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.serve_letter(
                sheet=ref, way=said["way"], on=said["on"], receiver=said["receiver"],
                witnesses=(said["first_witness"], said["second_witness"]), mail_number=said["mail_number"],
                by=request.user, at=at,
            )  # fmt: skip
        except NotAllowed as why:
            problem = str(why)
        else:
            messages.success(request, f"{row.label} {row.number}：记下了。", extra_tags="pine")
            return redirect("desk:papers-letters")
    shown = {"row": row, "form": form, "problem": problem}
    return render(request, "desk/papers/serve.html", shown, status=422 if problem or form.errors else 200)


@permit("paper.scan")
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Which paper is in the hand: by its number, or by its case's receipt."""
    form, problem = NumberForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            target = sheets.scan_target(form.cleaned_data["number"], request.viewer)
        except NotAllowed as why:
            problem = str(why)
        else:
            return redirect("desk:papers-scan", target.number)
    shown = {"form": form, "problem": problem}
    return render(request, "desk/papers/find.html", shown, status=422 if problem or form.errors else 200)


@permit("paper.scan")
@require_http_methods(["GET", "HEAD", "POST"])
def scan(request: HttpRequest, number: str) -> HttpResponse:
    """Photographs of one paper, page by page.

    :raises Http404: no such paper, or not for this post and area
    """
    at = time.now()
    try:
        target = sheets.scan_target(number, request.viewer)
    except NotAllowed:
        raise Http404 from None
    known = papers.catalogue().get(target.code)
    form, problem = ScanForm(papers.of_programme(target.programme), request.POST or None, known=known is not None), ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            files = handed_in(request, "signed")
            if not files:
                raise NotAllowed("还没有选照片。")
            for order, (_, content_type, data) in enumerate(files):
                actions.scan(
                    ref=target.case_ref, code=target.code or said["code"], sheet=target.sheet, page=said["page"] + order,
                    legible=said["legible"], content_type=content_type, data=data, by=request.user, at=at,
                )  # fmt: skip
        except NotAllowed as why:
            problem = str(why)
        else:
            messages.success(request, f"存好了 {len(files)} 页。", extra_tags="pine")
            return redirect("desk:papers-scan", number)
    shown = {"target": target, "paper": known, "form": form, "problem": problem}
    return render(request, "desk/papers/scan.html", shown, status=422 if problem or form.errors else 200)
