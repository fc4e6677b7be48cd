"""PDF files without our evidence: what they call themselves, so that nobody reads forgery where nothing is decided (chapter 13, CHECK-13).

What a file says of itself proves nothing; it only decides which next step is told.
"""

from typing import Any

from custody.i18n import words

_SUBJECTS: dict[str, tuple[str, ...]] = {"label": ("label.subject", "slip.subject"), "form": ("deed.blank.subject",)}
_TITLES: dict[str, tuple[str, ...]] = {"incident": ("paper.incident.title",), "founding": ("paper.deed.title",)}


def code(document: Any) -> str:
    """The code of the sentence about an opened PDF without our attachments."""
    told = {name: str(document.docinfo.get(f"/{name}", ""))[:400] for name in ("Title", "Subject", "Author", "Creator")}
    if told["Author"] != "custody" and told["Creator"] != "custody":
        return "check.not-a-report"
    kind = _known(told["Subject"], _SUBJECTS) or _known(told["Title"], _TITLES)
    return f"check.unproven.{kind}" if kind else "check.unproven"


def _known(text: str, kinds: dict[str, tuple[str, ...]]) -> str:
    """The kind one of whose sentences the text begins with, in any language."""
    for kind, codes in kinds.items():
        begins = [words.say(code, {"title": ""}, lang).strip() for code in codes for lang in ("id", "en")]
        if any(begin and text.startswith(begin) for begin in begins):
            return kind
    return ""
