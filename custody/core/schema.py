"""Closed shapes of JSON values: what a field may hold, and where a value breaks that (spec chapter 07)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import call, itemgetter
from typing import Any

import orjson

from custody.core.errors import Malformed

Test = Callable[[Any], bool]


@dataclass(frozen=True)
class Shape:
    """What a field may hold.

    `ok` decides; `find` walks to the place that is wrong, for a value that is: it returns the path below the value and the name
    of what was expected there, or None. `form` and `rest` are for the many values that are right: `form` is a regular expression
    that matches nothing but canonical JSON (spec chapter 01), and what it matches is of this shape if `rest` says so too. Of null,
    of an empty list and of zero it has said everything.
    """

    name: str
    ok: Test
    find: Callable[[Any], tuple[str, str] | None]
    fields: Mapping[str, "Shape"] = field(default_factory=dict)
    form: str | None = None
    rest: Test | None = None

    def glance(self, data: bytes) -> Any:
        """The value in these bytes where one look shows that they are canonical and of this shape; None where it takes a closer look."""
        if self._matches is None or self._matches(data) is None:
            return None
        value = orjson.loads(data)
        return value if self.rest is None or self.rest(value) else None

    @cached_property
    def _matches(self) -> Callable[[bytes], object] | None:
        return None if self.form is None else re.compile(self.form.encode()).fullmatch

    @property
    def told(self) -> str:
        """The shape in words for the tables of the specification, members and all."""
        inner = ", ".join(f"{name}: {shape.told}" for name, shape in self.fields.items())
        return self.name.replace("object", "{" + inner + "}") if self.fields else self.name


def check(shape: Shape, value: Any, kind: str) -> None:
    """Raise `Malformed("statement.field")` with the path and the expected shape unless `value` fits."""
    if shape.ok(value):
        return
    path, expected = shape.find(value) or ("", shape.name)
    raise Malformed("statement.field", kind=kind, field=path.lstrip(".") or "-", expected=expected)


def simple(name: str, ok: Test, form: str | None = None, rest: Test | None = None) -> Shape:
    """A shape without inner places."""
    return Shape(name, ok, lambda value: None if ok(value) else ("", name), form=form, rest=rest)


def formed(shape: Shape, form: str) -> Shape:
    """The same shape with another form, which says everything by itself."""
    return replace(shape, form=form, rest=None)


def pattern(name: str, regex: str) -> Shape:
    """A string that matches `regex` as a whole; ASCII, without quote or backslash."""
    match = re.compile(regex).fullmatch
    return simple(name, lambda value: type(value) is str and match(value) is not None, f'"(?:{regex})"')


def one_of(*words: str) -> Shape:
    """A string out of a closed list."""
    known = frozenset(words)
    return simple("|".join(words), lambda value: type(value) is str and value in known, f'"(?:{"|".join(map(re.escape, words))})"')


def integer(low: int, high: int) -> Shape:
    """A whole number from `low`, which is not negative, to `high`. Its form is that of the shorter numbers; others take a closer look."""
    shorter = len(str(high + 1)) - 1  # every number of so many digits is within `high`
    form = f"[1-9][0-9]{{0,{shorter - 1}}}" if shorter else "(?!)"
    return simple(
        f"{low} to {high}",
        lambda value: type(value) is int and low <= value <= high,
        form if low else f"(?:0|{form})",
        None if low < 2 else lambda value: low <= value,
    )


def text(limit: int) -> Shape:
    """A string of 1 to `limit` characters without space at its ends. Its form is that of printable ASCII; others take a closer look."""
    ascii_only = rf'"(?! )[ !#-\[\]-~]{{1,{limit}}}(?<! )"'
    return simple(
        f"text of up to {limit}", lambda value: type(value) is str and 0 < len(value) <= limit and value == value.strip(), ascii_only
    )


BOOLEAN = simple("true|false", lambda value: type(value) is bool, "(?:true|false)")


def null_or(inner: Shape) -> Shape:
    """Null where absent, else `inner`."""
    ok, rest = inner.ok, inner.rest
    return Shape(
        f"null or {inner.name}",
        lambda value: value is None or ok(value),
        lambda value: None if value is None else inner.find(value),
        inner.fields,
        None if inner.form is None else f"(?:null|{inner.form})",
        None if rest is None else lambda value: value is None or rest(value),
    )


def many(inner: Shape, low: int, high: int) -> Shape:
    """A list of `low` to `high` items in the order given."""
    ok, rest, name = inner.ok, inner.rest, f"list of {low} to {high} {inner.name}"

    def fits(value: Any) -> bool:
        return type(value) is list and low <= len(value) <= high and all(map(ok, value))

    def find(value: Any) -> tuple[str, str] | None:
        if type(value) is not list or not low <= len(value) <= high:
            return "", name
        return _first(inner, ((f"[{number}]", item) for number, item in enumerate(value)))

    return Shape(name, fits, find, inner.fields, _list_form(inner.form, low, high), rest and (lambda value: all(map(rest, value))))


def _list_form(item: str | None, low: int, high: int) -> str | None:
    if item is None:
        return None
    items = f"{item}(?:,{item}){{{max(low, 1) - 1},{high - 1}}}"
    return rf"\[{items}\]" if low else rf"\[(?:{items})?\]"


def sorted_set(inner: Shape, low: int, high: int, key: Callable[[Any], Any] | None = None) -> Shape:
    """A list sorted by `key` without repeats (STMT-6); strings here are ASCII, so their order is the order of bytes."""
    listed, name = many(inner, low, high), f"sorted list of {low} to {high} {inner.name}"
    listed_ok, rest = listed.ok, listed.rest

    def in_order(value: list[Any]) -> bool:
        items = iter(value) if key is None else map(key, value)
        last = next(items, None)
        for item in items:
            if not last < item:
                return False
            last = item
        return True

    def fits(value: Any) -> bool:
        return listed_ok(value) and (len(value) < 2 or in_order(value))

    def left(value: list[Any]) -> bool:
        return (len(value) < 2 or in_order(value)) and (rest is None or rest(value))

    def find(value: Any) -> tuple[str, str] | None:
        return listed.find(value) or (None if in_order(value) else ("", name))

    return Shape(name, fits, find, inner.fields, listed.form, left)


def record(fields: Mapping[str, Shape], rule: Test | None = None, rule_name: str = "") -> Shape:
    """An object with exactly these fields; `rule` ties fields to each other."""
    names, count = frozenset(fields), len(fields)
    tests, members = tuple(shape.ok for shape in fields.values()), itemgetter(*fields) if len(fields) > 1 else None

    def fits(value: Any) -> bool:
        if type(value) is not dict or len(value) != count:
            return False
        try:
            held = members(value) if members is not None else tuple(value[name] for name in names)
        except KeyError:
            return False
        return all(map(call, tests, held)) and (rule is None or rule(value))

    def find(value: Any) -> tuple[str, str] | None:
        if type(value) is not dict:
            return "", "object"
        for name in sorted(value.keys() ^ names):
            return f".{name}", "unknown field" if name in value else "missing field"
        inner = _first_named(fields, value)
        return inner or (None if rule is None or rule(value) else ("", rule_name))

    return Shape("object", fits, find, fields, _record_form(fields), _record_rest(fields, rule))


def _record_form(fields: Mapping[str, Shape]) -> str | None:
    members = [(name, shape.form) for name, shape in sorted(fields.items())]
    if any(form is None for _, form in members):
        return None
    return r"\{" + ",".join(f'"{re.escape(name)}":{form}' for name, form in members) + r"\}"


def _record_rest(fields: Mapping[str, Shape], rule: Test | None) -> Test | None:
    members = [(name, shape.rest) for name, shape in fields.items() if shape.rest is not None]
    if not members:
        return rule

    def left(value: dict[str, Any]) -> bool:
        for name, rest in members:
            if (held := value[name]) and not rest(held):
                return False
        return rule is None or rule(value)

    return left


def _first(shape: Shape, items: Any) -> tuple[str, str] | None:
    for step, item in items:
        found = shape.find(item)
        if found is not None:
            return step + found[0], found[1]
    return None


def _first_named(fields: Mapping[str, Shape], value: dict[str, Any]) -> tuple[str, str] | None:
    for name, shape in fields.items():
        found = shape.find(value[name])
        if found is not None:
            return f".{name}{found[0]}", found[1]
    return None
