"""What a finding says of a seal before and after, as its sentence takes it: what is not recorded, and where only the number differs."""

from collections.abc import Mapping

_NUMBERED = frozenset(("intact", "loose", "torn", "replaced"))  # states in which a seal is there, with a number or without


def seal_facts(facts: Mapping[str, object]) -> dict[str, str]:
    """The facts `was` and `found`, as far as they are there, for words with `:sealstate`.

    "-" is `unrecorded`; a state that stands without a number beside the same one with a number is said to have none.
    """
    told = {name: "unrecorded" if facts[name] == "-" else str(facts[name]) for name in ("was", "found") if name in facts}
    states = {value.partition(" ")[0] for value in told.values()}
    if len(told) == 2 and len(states) == 1 and told["was"] != told["found"]:
        told |= {name: f"{value}-unnumbered" for name, value in told.items() if value in _NUMBERED}
    return told
