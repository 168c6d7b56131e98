"""Whoever holds a report sees whether this very one was issued here: by the journal's proof, without a word about anybody."""

from __future__ import annotations

import hashlib

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from doudi.office import queries
from doudi.verification import jobs
from doudi.web.parts import reports
from doudi.web.parts.permits import open_page

LARGEST = 8 * 1024 * 1024  # bytes; a report has some hundred thousand


class HeldForm(forms.Form):
    """The file somebody holds; it is compared and forgotten."""

    file = forms.FileField(
        label=gettext_lazy("手里的 PDF 或数据文件"), allow_empty_file=True,
        error_messages={"required": gettext_lazy("请选手里的文件"), "invalid": gettext_lazy("请选手里的文件")},
    )  # fmt: skip

    def clean_file(self) -> UploadedFile:
        """Nothing larger than any report is read.

        :raises ValidationError: too large
        """
        held: UploadedFile = self.cleaned_data["file"]
        if (held.size or 0) > LARGEST:
            raise forms.ValidationError(gettext_lazy("这个文件太大，不会是核对报告"))
        return held


@open_page
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, token: str) -> HttpResponse:
    """What the journal proves of the report with this picture; and whether a file somebody holds is that very one."""
    told = jobs.verified(token, on=queries.today(queries.now()))
    if told is None:
        return render(request, "public/report_check.html", {"told": None}, status=404)
    form = HeldForm(request.POST, request.FILES) if request.method == "POST" else HeldForm()
    same = None
    if request.method == "POST" and form.is_valid():
        digest = hashlib.sha256()
        for piece in form.cleaned_data["file"].chunks():
            digest.update(piece)
        same = digest.hexdigest() in {told.sha256, told.sheet_sha256}
    shown = {"told": told, "short": reports.short(told.sha256), "form": form, "same": same, "token": token}
    return render(request, "public/report_check.html", shown, status=422 if form.errors else 200)


@open_page
@require_safe
def proof(request: HttpRequest, token: str) -> HttpResponse:
    """The proof itself, for `doudi report check` and other people's verifiers: refs and digests, nobody's name.

    :raises Http404: no such report, or no proof of it
    """
    told = jobs.verified(token, on=queries.today(queries.now()))
    if told is None or told.proof is None:
        raise Http404
    response = JsonResponse(told.proof, json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="{told.number}-proof.json"'
    return response
