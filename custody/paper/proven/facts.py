"""The facts of a report: what was asked for, and on which entries the answer rests; their hash is logged (spec chapter 13)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from custody.core import canonical, moment
from custody.core.errors import Malformed
from custody.core.merkle import leaf_hash
from custody.core.private import Opening

DRAWING = "report-1"
DEED = "deed-"  # how the names of those drawings begin that show one statement
SCOPES = (
    "box", "tps", "desa", "kecamatan", "warehouse", "operation", "consignment", "incident", "officer", "shift", "deed",
)  # fmt: skip
MOST_COPIES, LONGEST_WHOM = 20, 60
_FIELDS = frozenset(
    ("basis", "beside", "by", "copies", "drawing", "figure", "lang", "made", "openings", "renderer", "scope", "sids", "titles", "upto")
)


@dataclass(frozen=True)
class Facts:
    """What a report is drawn from, beside the entries themselves.

    scope: kind and code. upto: the ledger's size when the report was made. basis: `basis_of` the entries it rests on.
    sids: the statements that it tells of (REPORT-7), in ledger order. openings: private values the issuer chose to show, by
    commitment, as they were then. titles: words for roles, as the office's settings had them. made, by: moment and key of
    the issuer. renderer: what the page was drawn with. beside: boxes out of scope whose whole story goes along, since what is found of the
    loads of those in scope hangs on them. drawing: what draws it, one of `drawings.DRAWINGS`. copies: of a deed, for each
    copy that is drawn whom it is for, empty where that is not said. figure: of the deed of a count, how many boxes the whole ledger had
    there at its minute, at least and at most, as the issuer says; empty of everything else.
    """

    scope: tuple[str, str]
    upto: int
    basis: str
    sids: tuple[str, ...]
    openings: tuple[tuple[str, Opening], ...]
    titles: tuple[tuple[str, str], ...]
    made: str
    by: str
    lang: str
    renderer: str
    drawing: str = DRAWING
    beside: tuple[str, ...] = ()
    copies: tuple[str, ...] = ("",)
    figure: tuple[int, ...] = ()

    def format(self) -> bytes:
        """The canonical bytes whose hash is logged (REPORT-1)."""
        value = {
            "basis": self.basis,
            "beside": list(self.beside),
            "by": self.by,
            "copies": list(self.copies),
            "drawing": self.drawing,
            "figure": list(self.figure),
            "lang": self.lang,
            "made": self.made,
            "openings": [{"c": c, **opening._asdict()} for c, opening in self.openings],
            "renderer": self.renderer,
            "scope": {"code": self.scope[1], "kind": self.scope[0]},
            "sids": list(self.sids),
            "titles": dict(self.titles),
            "upto": self.upto,
        }
        return canonical.encode(value)

    @classmethod
    def parse(cls, data: bytes) -> "Facts":
        """Read facts. Raises `Malformed("report.facts")` or the codes of chapter 1."""
        value = canonical.decode(data)
        if value.keys() != _FIELDS:
            raise Malformed("report.facts", field=" ".join(sorted(value.keys() ^ _FIELDS)))
        try:
            facts = cls._of(value)
        except (KeyError, TypeError, AttributeError) as error:
            raise Malformed("report.facts", field="openings") from error
        facts._check()
        if facts.format() != data:  # something beside what was read: a field too many in a scope or an opening
            raise Malformed("report.facts", field="scope")
        return facts

    @classmethod
    def _of(cls, value: Mapping[str, Any]) -> "Facts":
        return cls(
            (value["scope"]["kind"], value["scope"]["code"]),
            value["upto"],
            value["basis"],
            tuple(value["sids"]),
            tuple((one["c"], Opening(one["field"], one["salt"], one["value"])) for one in value["openings"]),
            tuple(sorted(value["titles"].items())),
            value["made"],
            value["by"],
            value["lang"],
            value["renderer"],
            value["drawing"],
            tuple(value["beside"]),
            tuple(value["copies"]),
            tuple(value["figure"]),
        )

    def _check(self) -> None:
        openings = [text for c, opening in self.openings for text in (c, *opening)]
        titles = [word for _, word in self.titles]
        lists = [*self.scope, *self.sids, *self.beside, *self.copies, *openings, *titles]
        texts = [*lists, self.basis, self.made, self.by, self.lang, self.renderer, self.drawing]
        if not all(type(text) is str for text in texts):
            raise Malformed("report.facts", field="-")
        if list(self.beside) != sorted(set(self.beside)):
            raise Malformed("report.facts", field="beside")
        if type(self.upto) is not int or self.upto < 1:
            raise Malformed("report.facts", field="upto")
        if self.scope[0] not in SCOPES:
            raise Malformed("report.facts", field="scope")
        if self.drawing.startswith(DEED) != (self.scope[0] == "deed"):
            raise Malformed("report.facts", field="drawing")
        deed = 1 <= len(self.copies) <= MOST_COPIES and max(map(len, self.copies)) <= LONGEST_WHOM
        if not (deed if self.scope[0] == "deed" else self.copies == ("",)):
            raise Malformed("report.facts", field="copies")
        least, most = self.figure if len(self.figure) == 2 else (0, 0)
        counted = self.scope[0] == "deed" and len(self.figure) == 2
        if not all(type(one) is int for one in self.figure) or not ((counted and 0 <= least <= most) or self.figure == ()):
            raise Malformed("report.facts", field="figure")
        if not moment.is_moment(self.made):
            raise Malformed("report.facts", field="made")
        if self.lang not in ("id", "en"):
            raise Malformed("report.facts", field="lang")

    def hash(self) -> str:
        """Lower-case hex SHA-256 of the bytes, as it stands in the report statement."""
        return sha256(self.format()).hexdigest()


def basis_of(entries: Iterable[tuple[int, bytes]]) -> str:
    """Which entries a report rests on, in one hash: SHA-256 over a line `index leaf` for each, in ledger order (REPORT-4)."""
    lines = (b"%d %s\n" % (index, leaf_hash(note).hex().encode()) for index, note in entries)
    return sha256(b"".join(lines)).hexdigest()
