"""Files as offices send them: CSV in their encodings, plain XLSX, a manifest. The same content gives the same bytes."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from doudi.engine.contract import Contract

_MOMENT = (2026, 1, 1, 0, 0, 0)  # of every entry of a zip, so that the bytes do not change
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OPEN = "http://schemas.openxmlformats.org"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_LINK = f"{_OPEN}/officeDocument/2006/relationships"
_RELATIONS = f'{_XML}<Relationships xmlns="{_OPEN}/package/2006/relationships"><Relationship Id="rId1" Type="{_LINK}/'
_PARTS = {
    "[Content_Types].xml": f'{_XML}<Types xmlns="{_OPEN}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'{_RELATIONS}officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{_XML}<workbook xmlns="{_OPEN}/spreadsheetml/2006/main" xmlns:r="{_LINK}">'
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_RELATIONS}worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
_SHEET = f'{_XML}<worksheet xmlns="{_OPEN}/spreadsheetml/2006/main"><sheetData>'


def sha256(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def headings(contract: Contract, rng: np.random.Generator) -> dict[str, str]:
    """The column headings a department uses: mostly the contract's, some it has always used."""
    return {
        column.name: column.aliases[int(rng.integers(len(column.aliases)))]
        if column.aliases and rng.random() < 0.3
        else column.label
        for column in contract.columns
    }


def write_csv(path: Path, columns: Mapping[str, pa.Array], encoding: str) -> None:
    """Delimited text: `utf-8`, `utf-8 bom` or `gb18030`."""
    sink = io.BytesIO()
    pcsv.write_csv(pa.table(dict(columns)), sink, pcsv.WriteOptions(quoting_style="needed", quoting_header="none"))
    content = sink.getvalue()
    if encoding == "gb18030":
        content = content.decode().encode("gb18030")
    elif encoding == "utf-8 bom":
        content = b"\xef\xbb\xbf" + content
    path.write_bytes(content)


def _column_letters(at: int) -> str:
    return chr(65 + at) if at < 26 else chr(64 + at // 26) + chr(65 + at % 26)


def write_xlsx(path: Path, columns: Mapping[str, pa.Array]) -> None:
    """One plain sheet, every cell as text."""
    names = list(columns)
    head = "".join(f'<c r="{_column_letters(at)}1" t="inlineStr"><is><t>{name}</t></is></c>' for at, name in enumerate(names))
    parts = [f'{_SHEET}<row r="1">{head}</row>']
    count = len(next(iter(columns.values())))
    if count:
        number = pc.cast(pa.array(np.arange(2, count + 2)), pa.string())
        written = [pc.binary_join_element_wise('<row r="', number, '">', "")]
        for at, column in enumerate(columns.values()):
            text = pc.replace_substring(
                pc.replace_substring(pc.replace_substring(column, "&", "&amp;"), "<", "&lt;"), ">", "&gt;"
            )
            cell = pc.binary_join_element_wise(
                f'<c r="{_column_letters(at)}', number, '" t="inlineStr"><is><t xml:space="preserve">', text, "</t></is></c>", ""
            )
            written.append(pc.fill_null(cell, ""))
        rows = pc.binary_join_element_wise(*written, "</row>", "")
        parts.append(b"".join(chunk_bytes(rows)).decode())
    parts.append("</sheetData></worksheet>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in {**_PARTS, "xl/worksheets/sheet1.xml": "".join(parts)}.items():
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, text)


def chunk_bytes(rows: pa.Array | pa.ChunkedArray) -> list[bytes]:
    """The text of a column without anything between the rows."""
    found = []
    for chunk in rows.chunks if isinstance(rows, pa.ChunkedArray) else [rows]:
        if len(chunk):
            offsets = np.frombuffer(chunk.buffers()[1], np.int32)
            first, last = int(offsets[chunk.offset]), int(offsets[chunk.offset + len(chunk)])
            found.append(chunk.buffers()[2].to_pybytes()[first:last])
    return found


def write_feed(folder: Path, contract: Contract, columns: Mapping[str, pa.Array], stem: str, rng: np.random.Generator) -> Path:
    """One file the way the contract says it arrives."""
    named = headings(contract, rng)
    shown = {named[name]: columns[name] for name in named if name in columns}
    if contract.arrives.startswith("xlsx"):
        path = folder / f"{stem}.xlsx"
        write_xlsx(path, shown)
    else:
        path = folder / f"{stem}.csv"
        write_csv(path, shown, contract.arrives.removeprefix("csv "))
    return path


def entry(path: Path, contract: Contract, rows: int, as_of: str) -> dict[str, Any]:
    """What the manifest says of one file."""
    return {
        "file": path.name,
        "dataset": contract.code,
        "rows": rows,
        "sha256": sha256(path),
        "as_of": as_of,
        "contract_version": contract.version,
        "sender": contract.department,
    }


def write_json(path: Path, told: Any) -> None:
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def hashes(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file of a city."""
    parts = [path for name in ("feeds", "more", "checks", "truth") for path in sorted((folder / name).rglob("*"))]
    return {str(path.relative_to(folder)): sha256(path) for path in parts if path.is_file()}
