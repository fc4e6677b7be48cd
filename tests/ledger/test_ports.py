"""The ledger asks of a store what the store's contract answers, though neither room knows the other; they meet in the rows of the core."""

import inspect

import pytest

from custody.ledger import ports
from custody.store import contract

CALLS = ("Reader", "Writer", "Store")


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
