"""The facts of a report: what was asked for, and on which statements the answer rests; their hash is logged (spec chapter 13)."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from custody.core import canonical, moment
from custody.core.errors import Malformed
from custody.core.private import Opening

DRAWING = "report-1"
SCOPES = ("box", "tps", "desa", "kecamatan", "warehouse", "operation")
_FIELDS = frozenset(("by", "drawing", "lang", "made", "openings", "renderer", "scope", "sids", "titles", "upto"))


@dataclass(frozen=True)
class Facts:
    """What a report is drawn from, beside the entries themselves.

    scope: kind and code. upto: the checkpoint size it rests on. sids: the statements in scope, in ledger order. openings:
    private values the issuer chose to show, by commitment, as they were then. made, by: moment and key of the issuer.
    """

    scope: tuple[str, str]
    upto: int
    sids: tuple[str, ...]
    openings: tuple[tuple[str, Opening], ...]
    titles: tuple[tuple[str, str], ...]
    made: str
    by: str
    lang: str
    renderer: str
    drawing: str = DRAWING

    def format(self) -> bytes:
        """The canonical bytes whose hash is logged (REPORT-1)."""
        value = {
            "by": self.by,
            "drawing": self.drawing,
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
            return cls._of(value)
        except (KeyError, TypeError, AttributeError) as error:
            raise Malformed("report.facts", field="-") from error

    @classmethod
    def _of(cls, value: Mapping[str, Any]) -> "Facts":
        openings = tuple((str(one["c"]), Opening(one["field"], one["salt"], one["value"])) for one in value["openings"])
        facts = cls(
            (value["scope"]["kind"], value["scope"]["code"]),
            value["upto"],
            tuple(value["sids"]),
            openings,
            tuple(sorted(value["titles"].items())),
            value["made"],
            value["by"],
            value["lang"],
            value["renderer"],
            value["drawing"],
        )
        texts = (*facts.scope, *facts.sids, facts.made, facts.by, facts.lang, facts.renderer, facts.drawing)
        if not all(type(text) is str for text in texts) or type(facts.upto) is not int or facts.scope[0] not in SCOPES:
            raise Malformed("report.facts", field="scope")
        if not moment.is_moment(facts.made) or facts.lang not in ("id", "en"):
            raise Malformed("report.facts", field="made")
        return facts

    def hash(self) -> str:
        """Lower-case hex SHA-256 of the bytes, as it stands in the report statement."""
        return sha256(self.format()).hexdigest()
