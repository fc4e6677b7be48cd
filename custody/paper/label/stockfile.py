"""Label stocks of one's own: a TOML file of definitions, each checked as strictly as those that come with the program (LABEL-14)."""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

from custody.core.errors import Malformed
from custody.paper.label.frame import frame
from custody.paper.label.stocks import LEAST_DOTS, STOCKS, Stock
from custody.reading import NotToml, toml

LARGEST = 64 * 1024  # bytes of a file
PRINTER_WHITE = 4.0  # millimetres that an office printer leaves at the edge of a sheet; of a roll, `ROLL_WHITE`
ROLL_WHITE = 1.5
LEAST_MODULE = {True: LEAST_DOTS / 8, False: 7 * 25.4 / 300}  # millimetres; of one colour (203 dpi), of office printers
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_PAIR, _COUNT = (10.0, 420.0), (1, 40)
_HAND = {"band": (18.0, 5.0), "desa": (18.0, 3.4), "typed": (18.0, 2.5), "fine": (18.0, 2.9), "number": (14.0, 5.0)}  # least width, height


class _Field(NamedTuple):
    """What a field may be: a pair of lengths, a length, a whole number or true/false; from, to; and whether it may be left out."""

    shape: str
    least: float
    most: float
    optional: bool = False


FIELDS = {
    "page": _Field("pair", *_PAIR),
    "columns": _Field("count", *_COUNT),
    "rows": _Field("count", *_COUNT),
    "label": _Field("pair", *_PAIR),
    "module": _Field("length", 0.1, 5.0),
    "inset": _Field("pair", 0.0, 50.0),
    "gap": _Field("pair", 0.0, 50.0, optional=True),
    "mono": _Field("flag", 0, 1, optional=True),
    "pages_per_file": _Field("count", 1, 1000, optional=True),
}


def read(data: bytes, file: str) -> dict[str, Stock]:
    """The stocks of a file, by name. `file` is its name for who reads an error.

    Raises `Malformed`: `stock.file` (not UTF-8 or too large), `stock.syntax`, `stock.name`, `stock.taken`, `stock.unknown`,
    `stock.missing`, `stock.value`; and what `check` raises. Each names the file, the line and the field.
    """
    if len(data) > LARGEST:
        raise Malformed("stock.file", file=file)
    try:
        text = data.decode("utf-8-sig")
        tables = toml(data)
    except UnicodeDecodeError as error:
        raise Malformed("stock.file", file=file) from error
    except NotToml as error:
        raise Malformed("stock.syntax", file=file, line=error.line) from error
    return {name: _stock(name, table, text, file) for name, table in tables.items()}


def _stock(name: str, table: Any, text: str, file: str) -> Stock:
    where = {"file": file, "stock": name}
    if not isinstance(table, dict) or not _NAME.fullmatch(name):
        raise Malformed("stock.name", line=_line(text, name), **where)
    if name in STOCKS:
        raise Malformed("stock.taken", line=_line(text, name), **where)
    for field in table:
        if field not in FIELDS:
            raise Malformed("stock.unknown", line=_line(text, name, field), field=field, known=", ".join(FIELDS), **where)
    for field, rule in FIELDS.items():
        if field not in table and not rule.optional:
            raise Malformed("stock.missing", line=_line(text, name), field=field, **where)
    given = {field: _value(table[field], field, _line(text, name, field), where) for field in FIELDS if field in table}
    stock = Stock(name, **given)
    for field, problem, facts in problems(stock):
        raise Malformed(problem, line=_line(text, name, field), field=field, **where, **facts)
    return stock


def _value(given: Any, field: str, line: int, where: dict[str, str]) -> Any:
    rule = FIELDS[field]
    parts = given if rule.shape == "pair" and isinstance(given, list) else [given]
    kind: tuple[type, ...] = {"count": (int,), "flag": (bool,)}.get(rule.shape, (int, float))
    fits = all(isinstance(part, kind) and (rule.shape == "flag" or not isinstance(part, bool)) for part in parts)
    if not fits or len(parts) != (2 if rule.shape == "pair" else 1) or not all(rule.least <= part <= rule.most for part in parts):
        raise Malformed("stock.value", line=line, field=field, least=f"{rule.least:g}", most=f"{rule.most:g}", shape=rule.shape, **where)
    return tuple(map(float, parts)) if rule.shape == "pair" else float(given) if rule.shape == "length" else given


def problems(stock: Stock) -> Iterator[tuple[str, str, dict[str, str]]]:
    """What is wrong with a definition: the field, the code of the word for it, its facts. Nothing for a stock that can be printed."""
    wide, high = stock.needed
    if wide > stock.page[0] + 0.01 or high > stock.page[1] + 0.01:
        yield "label", "stock.page", {"wide": f"{wide:g}", "high": f"{high:g}"}
        return
    least = LEAST_MODULE[stock.mono]
    if stock.module < least - 1e-6:
        yield "module", "stock.module", {"least": f"{least:.3f}"}
    white = ROLL_WHITE if stock.mono else PRINTER_WHITE
    if min(stock.margin[side] + stock.inset[side] for side in (0, 1)) < white - 1e-6:
        yield "inset", "stock.white", {"least": f"{white:g}"}
    if _crowded(stock):
        yield "module", "stock.room", {}


def _crowded(stock: Stock) -> bool:
    """Whether the codes with their white do not lie on the label, or leave too little room for what must be read."""
    found = frame(stock)
    (width, height), parts = stock.label, {**found.parts, "code-1": found.zones[0], "code-2": found.zones[1]}
    close = 1e-6
    outside = any(at.x < -close or at.y < -close or at.right > width + close or at.top > height + close for at in parts.values())
    small = any(parts[name].width < wide or parts[name].height < high for name, (wide, high) in _HAND.items())
    over = any(
        one.x < other.right - close and other.x < one.right - close and one.y < other.top - close and other.y < one.top - close
        for one, other in combinations(parts.values(), 2)
    )
    return outside or small or over


def _line(text: str, name: str, field: str = "") -> int:
    """The line of a definition, or of one of its fields; the last line where neither is found."""
    inside = False
    lines = text.splitlines()
    begun = 0
    for number, line in enumerate(lines, 1):
        if re.match(rf"\s*(\[\s*[\"']?{re.escape(name)}[\"']?\s*\]|[\"']?{re.escape(name)}[\"']?\s*[=.])", line):
            inside, begun = True, number
            if not field or f"{field}" in line:
                return number
        elif line.lstrip().startswith("["):
            inside = False
        elif inside and re.match(rf"\s*[\"']?{re.escape(field)}[\"']?\s*=", line):
            return number
    return begun or max(1, len(lines))
