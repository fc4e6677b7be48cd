"""The record of the corpus: what was planted and found, code by code, with seed, sizes and date (docs/evidence/corpus-<date>.md)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from custody.core.findings import SEVERITY
from custody.simulator.founding import home_of
from tests.simulator.corpus import Measured, Tally
from tests.simulator.expected import EXPECTED

DOUBT = "other faults in the same room leave it open whether some boxes are there, so that the figure may be right"
UNKNOWN = "not known"


def page(
    now: datetime, seed: int, commit: str, nights: Mapping[str, Measured], clean: Mapping[str, int], rules: Mapping[str, set[str]]
) -> str:
    """The whole page. clean: how many nights without faults, by size, all without breach or warning; rules: where each code is given."""
    lines = [
        f"# Corpus of simulated nights, {now:%Y-%m-%d %H:%M} UTC",
        "",
        f"Seed {seed} · commit {commit}. Made by `make soak` (`tests/simulator/test_report.py`). Everything in these nights is invented;",
        "what was done is planted as physical facts by `custody/simulator`, which knows no law; what must be found of it stands in",
        "`tests/simulator/expected.py`.",
        "",
        *_sizes(nights, clean),
        *_codes(nights, rules),
        *_missed(nights),
        *_unexplained(nights),
        *_invisible(nights),
    ]
    return "\n".join(lines) + "\n"


def _sizes(nights: Mapping[str, Measured], clean: Mapping[str, int]) -> Iterable[str]:
    yield from ("| night | boxes | entries | links of boxes | planted | integrity |", "|---|---|---|---|---|---|")
    for name, one in nights.items():
        links = sum(state.links for state in one.verdict.boxes.values())
        boxes, planted = len(one.verdict.boxes), len(one.night.planted)
        yield f"| {name} | {boxes:,} | {one.verdict.size:,} | {links:,} | {planted:,} | {one.verdict.integrity} |"
    yield ""
    for name, count in clean.items():
        yield f"Clean nights of different seeds, {name}: {count}, with no breach and no warning in any of them."
    yield ""


def _codes(nights: Mapping[str, Measured], rules: Mapping[str, set[str]]) -> Iterable[str]:
    sums: dict[str, Tally] = defaultdict(Tally)
    for one in nights.values():
        for code, tally in one.codes.items():
            sums[code] += tally
    yield from (
        "## Code by code",
        "",
        "planted: faults that must show by this code; found: those that did. given: findings of this code; explained: those that a",
        "planted fault accounts for. silent: with the rule switched off, nothing of it is left; the rule stands there.",
        "",
        "| code | severity | planted | found | recall | given | explained | precision | silent without |",
        "|---|---|---|---|---|---|---|---|---|",
    )
    for code in SEVERITY:
        tally = sums[code]
        given = f"{tally.planted} | {tally.found} | {_share(tally.recall)} | {tally.given} | {tally.explained} | {_share(tally.precision)}"
        yield f"| `{code}` | {SEVERITY[code]} | {given} | {' '.join(f'`{rule}`' for rule in sorted(rules.get(code, ()))) or '-'} |"
    yield ""


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _missed(nights: Mapping[str, Measured]) -> Iterable[str]:
    yield from ("## Missed, by cause", "")
    causes: dict[str, list[str]] = defaultdict(list)
    for name, one in nights.items():
        for fault, codes in one.missed:
            causes[why_missed(one, fault.rooms)].append(f"{name}: {fault.kind} ({', '.join(sorted(codes))}): {fault.words}")
    for cause, told in causes.items():
        yield f"- {cause}: {len(told)}"
        yield from (f"  - {one}" for one in told[:20])
    yield from ("None." if not causes else "", "")


def why_missed(one: Measured, rooms: tuple[str, ...]) -> str:
    """A count tells nothing where it is open which boxes are in the room: another fault in one of these has brought some into dispute."""
    there = {box for fault in one.night.planted for box in fault.boxes if home_of(box)[:6] in rooms}
    doubtful = [
        state for box in there if (state := one.verdict.boxes.get(box)) is not None and (state.branches or state.orphans or state.offers)
    ]
    return DOUBT if doubtful else UNKNOWN


def _unexplained(nights: Mapping[str, Measured]) -> Iterable[str]:
    yield from ("## Found and not explained by what was planted", "")
    told = Counter((name, one.code) for name, night in nights.items() for one in night.unexplained)
    yield from (f"- {name}: `{code}`, {count}" for (name, code), count in sorted(told.items()))
    yield from ("None." if not told else "", "")


def _invisible(nights: Mapping[str, Measured]) -> Iterable[str]:
    yield from (
        "## What no ledger can see",
        "",
        "Planted as well, and by their nature found by nobody: a record tells what its signers chose to write, and a seal does not",
        "tell what is inside.",
        "",
        "| fault | planted | an example |",
        "|---|---|---|",
    )
    kinds: dict[str, list[str]] = defaultdict(list)
    for night in nights.values():
        for fault in night.invisible:
            kinds[fault.kind].append(fault.words)
    yield from (f"| {kind} | {len(words)} | {words[0]} |" for kind, words in kinds.items() if not EXPECTED[kind].finds)
