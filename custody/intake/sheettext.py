"""Foreign bytes to the lines of a sheet: size, kind of file, encoding (docs/adr/0002-intake-room.md)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from custody.intake.faults import Faults

CHUNK = 65_536
_NEWLINE = re.compile(r"\r\n|\n|\r")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NOT_CSV = (
    (b"PK\x03\x04", "Excel/ODS (.xlsx, .ods)"),
    (b"\xd0\xcf\x11\xe0", "Excel (.xls)"),
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "gzip"),
    (b"{\\rtf", "RTF"),
    (b"<!DOCTYPE", "HTML"),
    (b"<html", "HTML"),
    (b"<?xml", "XML"),
)


@dataclass(frozen=True)
class Limits:
    """How much of a foreign file is looked at. Bytes: `file`, `line`. Characters: `field`. The rest are counts.

    A province has some 17,000 polling stations and a row of 60 bytes for each: 1 MB. The limits leave ten times that.
    """

    file: int = 16 * 1024 * 1024
    line: int = 65_536
    lines: int = 250_000
    field: int = 500
    record_lines: int = 20
    columns: int = 100
    faults: int = 20


LIMITS = Limits()


def gather(source: bytes | BinaryIO, faults: Faults, limits: Limits = LIMITS) -> bytes:
    """All bytes of a source, read in chunks and given up at the first line or total that is too long.

    Holds at most `limits.file` bytes, and of an endless single line little more than `limits.line`.
    Raises `ImportRefused` with `import.file.size` or `import.line.long`.
    """
    kept: list[bytes] = []
    size = run = breaks = 0
    for chunk in _chunks(source):
        size += len(chunk)
        if size > limits.file:
            faults.stop("import.file.size", megabytes=limits.file // 1_048_576)
        for number, piece in enumerate(chunk.replace(b"\r", b"\n").split(b"\n")):
            run = run + len(piece) if number == 0 else len(piece)
            if run > limits.line:
                faults.stop("import.line.long", _line_of(breaks, chunk, number), limit=limits.line)
        breaks += _breaks(chunk)
        kept.append(chunk)
    return b"".join(kept)


def _chunks(source: bytes | BinaryIO) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield from (source[start : start + CHUNK] for start in range(0, len(source), CHUNK))
        return
    while chunk := source.read(CHUNK):
        yield chunk


def _breaks(data: bytes) -> int:
    return data.count(b"\n") or data.count(b"\r")


def _line_of(before: int, chunk: bytes, piece: int) -> int:
    """Number of the line in which a piece of a chunk lies; CR LF made two pieces of one break."""
    end = -1
    for _ in range(piece):
        end = min(at for at in (chunk.find(b"\r", end + 1), chunk.find(b"\n", end + 1)) if at >= 0)
    return before + _breaks(chunk[: end + 1]) + 1


def decode(data: bytes, faults: Faults) -> tuple[str, str]:
    """Text and the name of its encoding: UTF-8, UTF-16 with its mark, or Windows-1252 with a warning.

    Raises `ImportRefused` with `import.file.empty`, `.kind`, `.utf16`, `.encoding` or `.mixed`; never guesses between two that fit.
    """
    if not data.strip(b"\0 \t\r\n"):
        faults.stop("import.file.empty")
    for mark, kind in _NOT_CSV:
        if data[: len(mark)].lower() == mark.lower():
            faults.stop("import.file.kind", kind=kind)
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        faults.stop("import.file.encoding", 1, encoding="UTF-32")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strict(data, "utf-16", "UTF-16", faults), "UTF-16"
    if _looks_utf16(data):
        faults.stop("import.file.utf16", 1)
    if data.startswith(b"\xef\xbb\xbf"):
        return _strict(data[3:], "utf-8", "UTF-8", faults), "UTF-8"
    return _unmarked(data, faults)


def _unmarked(data: bytes, faults: Faults) -> tuple[str, str]:
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        line = _breaks(data[: error.start]) + 1
    if _MULTIBYTE.search(data):
        faults.stop("import.file.mixed", line)
    text = _strict(data, "windows-1252", "Windows-1252", faults)
    faults.warn("import.windows", line)
    return text, "Windows-1252"


def _strict(data: bytes, codec: str, name: str, faults: Faults) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        faults.stop("import.file.encoding", _breaks(data[: error.start]) + 1, encoding=name)


def _looks_utf16(data: bytes) -> bool:
    """UTF-16 without its mark: nearly every second byte of the beginning is NUL."""
    start = data[:512]
    half = len(start) // 2
    return half >= 4 and max(start[0::2].count(0), start[1::2].count(0)) > 0.7 * half


def split_lines(text: str, faults: Faults, limits: Limits = LIMITS) -> Iterator[str]:
    """The lines of a text without their ends (LF, CR LF or CR). Raises `ImportRefused` with `import.file.lines` or `import.line.long`."""
    start = number = 0
    for number, mark in enumerate(_NEWLINE.finditer(text), 1):
        if number > limits.lines:
            faults.stop("import.file.lines", number, limit=limits.lines)
        yield text[start : mark.start()]
        start = mark.end()
    if start < len(text):
        yield text[start:]
