"""The ledger's ports and the store's contract are one shape, though neither room knows the other: the assembly joins them by a cast."""

import inspect
from dataclasses import fields

import pytest

from custody.ledger import ports
from custody.store import contract

ROWS = ("Row", "Tile", "BoxRow", "BoxFilter")
CALLS = ("Reader", "Writer", "Store")


@pytest.mark.parametrize("name", ROWS)
def test_rows_have_the_same_fields(name: str) -> None:
    ours, theirs = (fields(getattr(room, name)) for room in (ports, contract))
    assert [(one.name, one.type, one.default) for one in ours] == [(one.name, one.type, one.default) for one in theirs]


def calls(protocol: type) -> dict[str, list[tuple[str, str]]]:
    """Name and parameters (name, kind) of every method of a protocol."""
    return {
        name: [(one.name, one.kind.name) for one in inspect.signature(method).parameters.values()]
        for name, method in inspect.getmembers(protocol, inspect.isfunction)
        if not name.startswith("_")
    }


@pytest.mark.parametrize("name", CALLS)
def test_whatever_the_ledger_asks_the_contract_answers(name: str) -> None:
    ours, theirs = calls(getattr(ports, name)), calls(getattr(contract, name))
    assert ours
    assert {call: theirs.get(call) for call in ours} == ours


@pytest.mark.parametrize(("ours", "theirs"), [("Entry", "Row"), ("Box", "BoxRow")])
def test_what_is_read_has_the_members_the_ledger_looks_at(ours: str, theirs: str) -> None:
    wanted = {name for name, member in inspect.getmembers(getattr(ports, ours)) if isinstance(member, property)}
    assert wanted == {one.name for one in fields(getattr(contract, theirs))}
