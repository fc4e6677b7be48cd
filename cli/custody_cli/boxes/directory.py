"""The places and boxes of one office by name, code and label; each index is built when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from custody.core.boxid import BoxId
from custody_cli.boxes.known import Known

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.intake.boxwords import BoxIndex
    from custody.intake.search import PlaceIndex


class Directory:
    """What an office knows by name."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.known = Known(office)

    @cached_property
    def places(self) -> PlaceIndex:
        from custody.intake.areacode import PlaceName
        from custody.intake.search import PlaceIndex

        state, size = self.office.ledger.state, self.office.ledger.size
        newest = [place for code in state.places.versions if (place := state.places.get(code, size)) is not None]
        return PlaceIndex.of(PlaceName(place.code, place.kind, place.name, place.parent) for place in newest)

    @cached_property
    def boxes(self) -> BoxIndex:
        from custody.intake.boxwords import BoxIndex

        return BoxIndex.of(self.places, self.office.ledger.state.register.boxes)

    def hash(self, code: str) -> str:
        """What the ledger holds of a code."""
        from custody.core.labelcode import commitment

        return commitment(code, self.office.founding.sid).hex()

    def typed_place(self, code: str) -> str:
        """How a place can be typed: its name if that is sure, with the place above if that helps, else its code."""
        known = self.places.by_code[code]
        over = next(self.places.above(known), None)
        name = known.name if known.kind != "tps" or over is None else f"{known.name} {over.name}"
        for typed in (name, f"{name}, {over.name}" if over is not None else name):
            sure, _ = self.places.resolve(typed)
            if sure is not None and sure.code == code:
                return typed
        return code

    def typed_box(self, box: str) -> str:
        """How a box can be typed: in words if those are sure, else its id."""
        one = BoxId.parse(box)
        if one.place in self.places.by_code and one.station != "PPK":
            typed = f"{self.typed_place(one.place)} {one.type}"
            answer = self.boxes.read(typed)
            if answer.sure is not None and answer.sure.box == box:
                return typed
        return box
