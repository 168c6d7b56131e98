"""Papers: what they are by their own bytes, what is taken out of them, where they lie, who may look."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import people
from doudi.office import actions, queries
from doudi.office.core import PAPERS, BadPaper, NotAllowed, Role, Viewer
from doudi.office.gateways import papers
from doudi.office.models import Paper
from doudi.office.sealing import BrokenSeal
from people import HALL, NOON, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE

GRANNY, NEIGHBOUR = "p" + "1" * 20, "p" + "2" * 20
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 40
GPS, MAKER = 0x8825, 0x010F


@pytest.fixture(autouse=True)
def drawer(settings, tmp_path):
    """A folder of papers of the test's own."""
    settings.PAPERS = tmp_path / "papers"
    return settings.PAPERS


def photo(size=(900, 600), **more) -> bytes:
    """A photograph as a phone takes it: with the place and the camera written into it."""
    notes = Image.Exif()
    notes[MAKER], notes[GPS] = "SECRETPHONE", {1: "N", 2: (41.0, 1.0, 2.0)}
    file = BytesIO()
    Image.new("RGB", size, "beige").save(file, "JPEG", exif=notes, **more)
    return file.getvalue()


def kept(data: bytes, kind: str = "form", subject: str = GRANNY) -> Paper:
    return actions.keep_paper(kind=kind, content_type="", data=data, area=VILLAGE, subject=subject, by=HALL, at=NOON)


def viewer(role: Role, area: str) -> Viewer:
    return Viewer("李", "li", role, area, "paper.read", ref="c1")


@pytest.mark.django_db
def test_a_photograph_loses_its_place_and_lies_sealed(drawer: Path) -> None:
    original = photo()
    assert b"SECRETPHONE" in original
    paper = kept(original)
    row, data = queries.paper(paper.ref, viewer(Role.TOWNSHIP, TOWNSHIP))
    assert row.content_type == "image/jpeg" and row.size == len(data)
    assert b"SECRETPHONE" not in data and not Image.open(BytesIO(data)).getexif()
    files = [path for path in drawer.rglob("*") if path.is_file()]
    assert len(files) == 1
    assert data not in files[0].read_bytes() and b"JFIF" not in files[0].read_bytes()
    assert paper.sha256 not in files[0].name  # its name tells nothing to who only holds the disk


@pytest.mark.django_db
def test_the_same_paper_twice_is_one_paper_and_one_line(drawer: Path) -> None:
    assert kept(photo()).ref == kept(photo()).ref
    assert [line.act for line in queries.journal_of(GRANNY)] == ["office.keep_paper"]
    assert kept(photo(), subject=NEIGHBOUR).ref != kept(photo()).ref


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "area", "kind", "sees"),
    [
        (Role.TOWNSHIP, TOWNSHIP, "form", True),
        (Role.VERIFICATION, people.COUNTY, "evidence", True),
        (Role.AUDITOR, people.COUNTY, "voice", True),
        (Role.TOWNSHIP, OTHER_TOWNSHIP, "form", False),
        (Role.VILLAGE, VILLAGE, "form", False),
        (Role.VILLAGE, VILLAGE, "evidence", False),
        (Role.DATA, people.COUNTY, "evidence", False),
        (Role.DIRECTOR, people.COUNTY, "form", False),
    ],
)
def test_a_paper_is_for_its_posts_in_its_area(role: Role, area: str, kind: str, sees: bool) -> None:
    paper = kept(WAV if kind == "voice" else photo(), kind)
    if sees:
        assert queries.paper(paper.ref, viewer(role, area))[0].kind == kind
    else:
        with pytest.raises(NotAllowed):
            queries.paper(paper.ref, viewer(role, area))


@pytest.mark.django_db
def test_a_resident_opens_their_own_and_no_other() -> None:
    paper = kept(photo())
    assert queries.my_paper(paper.ref, [GRANNY])[0].ref == paper.ref
    with pytest.raises(NotAllowed):
        queries.my_paper(paper.ref, [NEIGHBOUR])


@pytest.mark.django_db
def test_a_changed_or_exchanged_file_is_not_shown(drawer: Path) -> None:
    one, other = kept(photo()), kept(photo((300, 300)))
    first, second = (papers._path(row.file) for row in (one, other))
    first.write_bytes(second.read_bytes())
    with pytest.raises(BrokenSeal):
        queries.my_paper(one.ref, [GRANNY])
    first.unlink()
    with pytest.raises(BrokenSeal):
        queries.my_paper(one.ref, [GRANNY])


@pytest.mark.parametrize(
    ("data", "kind", "says"),
    [
        (b"", "form", "空的"),
        (b"<html><script>", "form", "打不开"),
        (b"GIF89a" + b"\x00" * 20, "form", "打不开"),
        (photo()[:300], "form", "坏了"),
        (b"\xff\xd8\xff" + b"\x00" * 40, "evidence", "坏了"),
        (WAV, "form", "照片"),
        (photo(), "voice", "录音"),
        (photo(), "signature", "签一次"),
        (WAV + b"\x00" * (21 * papers.MB), "voice", "太大"),
        (b"%PDF-1.7" + b"\x00" * (11 * papers.MB), "evidence", "太大"),
    ],
)
def test_what_cannot_be_kept_is_said_in_words(data: bytes, kind: str, says: str) -> None:
    with pytest.raises(BadPaper, match=says):
        papers.clean(data, "", kind)


def test_a_picture_with_more_pixels_than_a_camera_is_refused_before_it_is_drawn() -> None:
    file = BytesIO()
    Image.new("1", (9000, 9000)).save(file, "PNG")
    assert len(file.getvalue()) < 100_000
    with pytest.raises(BadPaper, match="太大"):
        papers.clean(file.getvalue(), "", "form")


@given(st.binary(max_size=200), st.sampled_from(sorted(PAPERS)))
def test_any_bytes_are_kept_or_refused_in_words(data: bytes, kind: str) -> None:
    for start in (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF0000WEBP"):
        try:
            papers.clean(start + data, "image/heic", kind)
        except BadPaper as why:
            assert str(why)
