"""What every document for others says of itself: at which checkpoint it was made, and that it proves nothing (spec chapter 28, XCHG-1)."""

from typing import Any

from custody.core.note import split
from custody.exchange.source import Source
from custody.i18n import words


def about(source: Source) -> dict[str, Any]:
    """Origin, size, root and the signed checkpoint; whether it is a drill; who decides, in both languages."""
    return {
        "origin": source.head.origin,
        "operation": source.founding.body["operation"],
        "founding": source.founding.sid,
        "size": source.head.size,
        "root": source.head.root.hex(),
        "checkpoint": source.checkpoint,
        "witnesses": len({line.name for line in split(source.note)[1]} - {source.head.origin}),
        "drill": source.drill,
        "program": f"custody {source.version}",
        "made": source.made,
        "notice-id": words.say("exchange.notice", {}, "id"),
        "notice-en": words.say("exchange.notice", {}, "en"),
    }
