"""Names for what entries tell in codes: places, people, boxes (docs/spec/13-report.md, SCAN-7)."""

from typing import TYPE_CHECKING, Protocol

from custody.core.errors import CustodyError

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.paper.proven.evidence import Reading


class Namer(Protocol):
    """Gives places, people and boxes their names."""

    def place(self, code: str) -> str: ...
    def area(self, code: str) -> str: ...
    def person(self, key: str) -> str: ...
    def box(self, box: str) -> str: ...


class Bare:
    """Where nothing tells names: the codes themselves."""

    def place(self, code: str) -> str:
        return code

    def area(self, code: str) -> str:
        """A place as an area, not as where boxes are kept in it: a desa, not its PPS."""
        return self.place(code)

    def person(self, key: str) -> str:
        return key

    def box(self, box: str) -> str:
        return box


class OfReport(Bare):
    """Names as a report's own evidence has them."""

    def __init__(self, reading: "Reading", lang: str) -> None:
        from custody.paper.reports.teller import Teller

        self._teller = Teller(reading, lang)
        self.place, self.person = self._teller.spot, self._teller.person  # type: ignore[method-assign]

    def area(self, code: str) -> str:
        return self._teller.place(code)

    def box(self, box: str) -> str:
        from custody.core.boxid import BoxId

        try:
            return f"{self._teller.place(BoxId.parse(box).place)} · {box}"
        except CustodyError:
            return box


class OfOffice(Bare):
    """Names as the ledger's folder has them."""

    def __init__(self, office: "Office") -> None:
        from custody_cli.boxes.named import Names

        self._names = Names(office)
        self.place, self.person = self._names.place, self._names.person  # type: ignore[method-assign]

    def box(self, box: str) -> str:
        named = self._names.box(box)
        return box if named == box else f"{named} · {box}"
