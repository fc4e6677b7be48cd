"""Box ids: one name for one physical ballot box, made of official codes (spec chapter 07, BOX-1 to BOX-3)."""

import re
from typing import NamedTuple

from custody.core.errors import Malformed

# A number has no leading zero; the area of a recapitulation box ends in 0000.
FORM = r"[A-Z]{2,4}[0-9]{2}-(?:[0-9]{10}-[0-9]{3}|[0-9]{6}0000-PPK)-[A-Z]{2,8}-[1-9][0-9]?"
_matches = re.compile(FORM).fullmatch


class BoxId(NamedTuple):
    """The parts of a box id: `PEM24-5307192008-003-DPR-1`; its number says which box of this TPS and type it is (REG-2)."""

    election: str
    area: str
    station: str
    type: str
    number: int

    def __str__(self) -> str:
        return f"{self.election}-{self.area}-{self.station}-{self.type}-{self.number}"

    @property
    def place(self) -> str:
        """Code of the place the box belongs to: its TPS, or the kecamatan of a recapitulation box."""
        return self.area[:6] if self.station == "PPK" else f"{self.area}-{self.station}"

    @classmethod
    def parse(cls, text: str) -> "BoxId":
        """Read a box id. Raises `Malformed("box.id")`."""
        if not is_box_id(text):
            raise Malformed("box.id", value=text)
        election, area, station, kind, number = text.split("-")
        return cls(election, area, station, kind, int(number))


def is_box_id(value: object) -> bool:
    """Tell whether `value` is written as a box id."""
    return type(value) is str and _matches(value) is not None
