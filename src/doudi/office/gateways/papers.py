"""Files of papers: what they are by their own bytes, what is taken out of them, and where they lie sealed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

from doudi.office.core import BadPaper
from doudi.office.sealing import BrokenSeal, blind, seal_bytes, unseal_bytes

MB = 1024 * 1024
LARGEST = {"image": 12 * MB, "audio": 20 * MB, "pdf": 10 * MB}
MOST_PIXELS = 60_000_000  # a phone's photograph has 12 to 50 million; more is a trap for the memory
LONGEST_SIDE = 2400  # pixels kept: an A4 page at 200 points an inch, every stamp still readable
PHOTO_QUALITY = 85


@dataclass(frozen=True, slots=True)
class Clean:
    """A paper as it is kept."""

    content_type: str
    data: bytes
    sha256: str


def kind_of(data: bytes) -> str:
    """What a file is, by its first bytes: a content type, or empty for what is not taken here."""
    head = data[:16]
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head.startswith(b"OggS"):
        return "audio/ogg"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "audio/webm"
    if head.startswith(b"#!AMR"):
        return "audio/amr"
    if head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):  # MPEG audio layer 3
        return "audio/mpeg"
    if head[4:8] == b"ftyp" and head[8:12] in (b"M4A ", b"mp42", b"mp41", b"isom", b"3gp4", b"3gp5"):
        return "audio/mp4"
    return ""


def clean(data: bytes, called: str, kind: str) -> Clean:
    """A paper as it may be kept: of a type known here, not too large, photographs without their hidden notes.

    :raises BadPaper: in words for the person
    """
    if not data:
        raise BadPaper("这个文件是空的，请重新拍一张或重新录一段。")
    found = kind_of(data)
    if not found:
        hint = "手机相机请选“兼容性最佳”（JPG）。" if called in ("image/heic", "image/heif") else ""
        raise BadPaper(f"这种文件打不开。请交照片（JPG、PNG）、PDF 或录音。{hint}")
    group = "pdf" if found == "application/pdf" else found.partition("/")[0]
    if (kind == "voice") != (group == "audio"):
        raise BadPaper("这里要交录音。" if kind == "voice" else "这里要交照片或 PDF，不能交录音。")
    if kind == "signature" and found != "image/png":
        raise BadPaper("签名没有存好，请再签一次。")
    if len(data) > LARGEST[group]:
        raise BadPaper(f"文件太大（{len(data) / MB:.0f} MB），最多 {LARGEST[group] // MB} MB。请拍小一点或分几次交。")
    if group == "image":
        found, data = _photograph(data, keep_lossless=kind == "signature")
    return Clean(found, data, hashlib.sha256(data).hexdigest())


def _photograph(data: bytes, *, keep_lossless: bool) -> tuple[str, bytes]:
    """The picture alone: drawn again upright, so that place, time and camera written into the file are gone.

    :raises BadPaper: cannot be drawn, or has more pixels than any camera
    """
    try:
        with Image.open(BytesIO(data)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise BadPaper("这张照片太大，打不开。请用手机再拍一张。")
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            flat = Image.new("RGB", upright.size, "white")
            solid = upright.convert("RGBA")
            flat.paste(solid, mask=solid.getchannel("A"))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as broken:
        raise BadPaper("这张照片坏了，打不开。请再拍一张。") from broken
    drawn = BytesIO()
    if keep_lossless:
        flat.convert("L").save(drawn, "PNG", optimize=True)
        return "image/png", drawn.getvalue()
    flat.save(drawn, "JPEG", quality=PHOTO_QUALITY, optimize=True)
    return "image/jpeg", drawn.getvalue()


def put(data: bytes) -> str:
    """Keep bytes sealed under a keyed name that tells nothing; the same bytes lie there once. Whole or not at all.

    :returns: the name
    """
    name = blind(hashlib.sha256(data).hexdigest(), "paper")
    path = _path(name)
    if path.exists():
        return name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(seal_bytes(data, name))
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return name


def read(name: str, sha256: str) -> bytes:
    """The bytes kept under a name.

    :raises BrokenSeal: gone, changed, or not what was kept
    """
    try:
        data = unseal_bytes(_path(name).read_bytes(), name)
    except FileNotFoundError:
        raise BrokenSeal(f"papers/{name[:8]}…: the file is gone") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise BrokenSeal(f"papers/{name[:8]}…: not the bytes that were kept")
    return data


def _path(name: str) -> Path:
    return Path(settings.PAPERS) / name[:2] / name
