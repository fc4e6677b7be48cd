"""Findings that say the same of several boxes are told as one (spec chapter 10)."""

import pytest

from custody.core.findings import SEVERITY, Finding, finding, grouped, open_breaches

A, B, C = "PEM24-5307192008-001-DPD-1", "PEM24-5307192008-001-DPR-1", "PEM24-5307192008-002-DPD-1"


def unsigned(box: str, entry: int = 7, reason: str = "left") -> Finding:
    return finding("giver.unsigned", entry, box=box, reason=reason)


@pytest.mark.parametrize(
    ("name", "found", "told"),
    [
        ("nothing", [], []),
        ("one", [unsigned(A)], [(unsigned(A), 0)]),
        ("three boxes, the first stands for all", [unsigned(C), unsigned(A), unsigned(B)], [(unsigned(A), 2)]),
        ("another entry", [unsigned(A), unsigned(B, 8)], [(unsigned(A), 0), (unsigned(B, 8), 0)]),
        ("another fact", [unsigned(A), unsigned(B, reason="refused")], [(unsigned(A), 0), (unsigned(B, reason="refused"), 0)]),
        (
            "stated by the signers",
            [unsigned(A), unsigned(B)._replace(stated="order")],
            [(unsigned(A), 0), (unsigned(B)._replace(stated="order"), 0)],
        ),
        ("no box at all", [finding("leg.through", 7, key="pps")], [(finding("leg.through", 7, key="pps"), 0)]),
        (
            "of the statement and of a box",
            [finding("statement.late", 7), finding("statement.late", 7, box=A)],
            [(finding("statement.late", 7), 0), (finding("statement.late", 7, box=A), 0)],
        ),
        ("in the order in which they came", [unsigned(B, 9), unsigned(A), unsigned(A, 9)], [(unsigned(A, 9), 1), (unsigned(A), 0)]),
    ],
)
def test_grouped(name: str, found: list[Finding], told: list[tuple[Finding, int]]) -> None:
    assert grouped(found) == told, name


def test_what_stands_against_a_box() -> None:
    """Every breach stands, stated or not; of the warnings those that a signature or a record can still settle."""
    stands = {code for code in SEVERITY if open_breaches([finding(code, 7, box=A)])}
    assert {code for code in SEVERITY if SEVERITY[code] == "breach"} <= stands
    rest = {code for code in stands if SEVERITY[code] != "breach"}
    assert rest == {"giver.unsigned", "box.claimed", "box.orphan", "incident.open"}
    torn = finding("seal.changed", 7, box=A)._replace(stated="rain")
    assert open_breaches([finding("label.not-read", 7, box=A), torn, unsigned(A)]) == (torn, unsigned(A))
