"""Reads a table as a spreadsheet of Indonesia does by a double click: UTF-8 by its mark, CR LF, semicolon."""

import csv
import io


def sheet(text: str) -> list[dict[str, str]]:
    """The rows by the heads of their columns."""
    assert text.startswith("\ufeff") and text.count("\n") == text.count("\r\n") and text.endswith("\r\n")
    heads, *rows = csv.reader(io.StringIO(text[1:], newline=""), delimiter=";", strict=True)
    assert len(set(heads)) == len(heads) and all(len(row) == len(heads) for row in rows)
    return [dict(zip(heads, row, strict=True)) for row in rows]
