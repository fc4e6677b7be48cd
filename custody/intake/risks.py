"""How vulnerable and how remote a place is, from the columns `kerawanan` and `terpencil` of a list (spec chapter 08, places)."""

from typing import NamedTuple

from custody.core.errors import Malformed
from custody.intake.faults import shown
from custody.intake.spelling import letters
from custody.intake.table import Column

VULNERABILITY = Column("kerawanan", ("tingkat_kerawanan", "kelas_kerawanan", "klasifikasi", "vulnerability"), needed=False)
REMOTE = Column("terpencil", ("sulit", "jauh", "remote"), needed=False)
COLUMNS = (VULNERABILITY, REMOTE)
_CLASSES = {
    **dict.fromkeys(("kurangrawan", "aman", "low"), "low"),
    **dict.fromkeys(("rawan", "medium"), "medium"),
    **dict.fromkeys(("sangatrawan", "high"), "high"),
}
_YES = frozenset(("ya", "y", "1", "yes", "terpencil", "jauh", "sulit"))
_NO = frozenset(("tidak", "t", "0", "no", "n", "tdk"))


class Risk(NamedTuple):
    """How vulnerable a place is (`low`, `medium`, `high`, None where nothing is said), and whether it is hard to reach."""

    vulnerability: str | None = None
    remote: bool = False


def vulnerability(text: str) -> str | None:
    """`kurang rawan`, `rawan`, `sangat rawan`. Raises `Malformed("import.risk.class")`."""
    if text and letters(text) not in _CLASSES:
        raise Malformed("import.risk.class", value=shown(text))
    return _CLASSES[letters(text)] if text else None


def remote(text: str) -> bool:
    """`ya` or `tidak`; nothing is no. Raises `Malformed("import.risk.remote")`."""
    if text and letters(text) not in _YES | _NO:
        raise Malformed("import.risk.remote", value=shown(text))
    return letters(text) in _YES
