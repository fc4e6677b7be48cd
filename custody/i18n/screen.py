"""What may be shown: text from outside made harmless and visible before it reaches a sentence, a screen or a page (no spec chapter).

Control characters, terminal escapes, bidirectional overrides, invisible and unassigned characters are not dropped, because whoever
typed them should see that they were there: each becomes its escape in plain letters, `\\x1b` or `\\u202e`.
"""

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_PLAIN_SPACE = " "


def _escape(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category in _HIDDEN:
        return _escape(character)
    return _PLAIN_SPACE if category == "Zs" else character


def clean(text: str, limit: int | None = None) -> str:
    """Return `text` as one line that is safe to show; line ends become escapes too.

    `limit` cuts the result after that many characters and ends it with "…". Never raises for any str (lone surrogates included).
    """
    shown = text[: limit + 1] if limit is not None else text
    if not (shown.isascii() and shown.isprintable()):
        shown = "".join(map(_shown, shown))
    if limit is not None and len(shown) > limit:
        return shown[:limit] + "…"
    return shown
