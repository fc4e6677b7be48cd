"""The places and boxes of one office by name, code and label; each index is built when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

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
