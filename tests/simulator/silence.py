"""The switch by which a test disables one rule of the law: whoever gives this code gives a note without meaning instead."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from custody.core import findings
from custody.core.findings import Finding

QUIET = "silenced"


@contextmanager
def silenced(code: str) -> Iterator[set[str]]:
    """Within it the rule of `code` is off in every module that could give it; yields the functions that would have given it."""
    givers: set[str] = set()
    real = findings.finding

    def quiet(given: str, *entries: int, **facts: Any) -> Finding:
        if given != code:
            return real(given, *entries, **facts)
        frame = sys._getframe(1)
        givers.add(f"{frame.f_globals['__name__'].removeprefix('custody.core.')}.{frame.f_code.co_qualname}")
        return real(QUIET, *entries, **facts)

    core = [module for name, module in sys.modules.items() if name.startswith("custody.core.")]
    rooms = [module for module in core if getattr(module, "finding", None) is real]
    findings.SEVERITY[QUIET] = "note"
    for room in rooms:
        vars(room)["finding"] = quiet
    try:
        yield givers
    finally:
        for room in rooms:
            vars(room)["finding"] = real
        del findings.SEVERITY[QUIET]
