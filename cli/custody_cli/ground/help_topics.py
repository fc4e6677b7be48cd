"""Help by topic: guides, exit codes, findings, errors and commands under one word each, from the catalogue.

Guides are the codes `topic.*` of words/topic.toml (id and en: the title; about_id and about_en: the text), exit codes `exit.*`, and any
other code without `kind = "text"` is a message that has a page of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from custody.core.findings import SEVERITY
from custody.i18n import words
from custody_cli.ground.exits import Exit, WrongUse
from custody_cli.ground.frame import text

# The guides in reading order: name, and the same word in Indonesian.
GUIDES = {
    "day": "hari-kerja",
    "scanner": "pemindai",
    "passphrase": "kata-sandi",
    "unsigned": "tanpa-tanda-tangan",
    "trust": "kepercayaan",
    "time": "waktu",
    "findings": "temuan",
    "exit": "kode-keluar",
    "settings": "setelan",
    "completion": "pelengkapan",
    "json": "json",
}
_NEAR = 0.55


@dataclass(frozen=True)
class Page:
    """A page of help: `name` is what was asked for in its one spelling; blank lines in `body` part paragraphs; rows are a list under it."""

    name: str
    title: str
    body: str = ""
    rows: tuple[tuple[str, str], ...] = ()


def message_codes() -> list[str]:
    """Every code that has a page of its own, sorted: findings and errors, not exit codes, guides or words of the screen."""
    return sorted(code for room, code in words.codes() if room not in ("exit", "topic") and (words.find(code) or {}).get("kind") != "text")


def page(asked: str, lang: str) -> Page:
    """The page for a word: guide, exit code ("3", "exit 3"), finding or error. WrongUse("cli.help.unknown") names the nearest ones."""
    name = asked.strip().lower()
    for found in (_guide(name, lang), _exit(name, lang), _message(name, lang), _family(name, lang)):
        if found is not None:
            return found
    near = get_close_matches(name, list(names()), 3, _NEAR)
    if near:
        raise WrongUse("cli.help.near", topic=asked, near=tuple(near), first=near[0])
    raise WrongUse("cli.help.unknown", topic=asked)


def names() -> Iterator[str]:
    """Every word that `custody help` understands, commands left out."""
    for guide, alias in GUIDES.items():
        yield from {guide, alias}
    yield from (f"exit {code.value}" for code in Exit)
    yield from message_codes()


def index(lang: str) -> Iterator[tuple[str, str]]:
    """What `custody help` lists: each guide in the words of the language, with its title."""
    for guide, alias in GUIDES.items():
        yield (alias if lang == "id" else guide), words.say(f"topic.{guide}", {}, lang)


def exits(lang: str) -> Iterator[tuple[str, str]]:
    """Each exit code with its name."""
    for code in Exit:
        yield str(code.value), words.say(f"exit.{code.value}", {}, lang)


def findings(lang: str) -> Iterator[tuple[str, str]]:
    """Each finding that the law can give, with its severity and its sentence."""
    for code, severity in sorted(SEVERITY.items()):
        yield code, f"({words.say(f'severity.{severity}', {}, lang)}) {sentence(code, lang)}"


def sentence(code: str, lang: str) -> str:
    """The sentence of a code with its places shown as <name>."""
    return words.say(code, _stand_ins((words.find(code) or {}).get(lang, "")), lang)


def _stand_ins(said: str) -> dict[str, object]:
    """A role that needs no fact is said by its title (words.fill)."""
    named = [place.name for place in words.places(said) if not (place.form == "title" and words.known(f"title.{place.name}"))]
    return {name: f"<{name}>" for name in named}


def _guide(name: str, lang: str) -> Page | None:
    plain = name.replace(" ", "-")
    for guide, alias in GUIDES.items():
        if plain in (guide, alias):
            rows = {"findings": findings, "exit": exits}.get(guide)
            said = words.say(f"topic.{guide}", {}, lang)
            return Page(guide, said, text_about(f"topic.{guide}", lang), tuple(rows(lang)) if rows else ())
    return None


def _exit(name: str, lang: str) -> Page | None:
    number = name.removeprefix("exit").removeprefix("kode-keluar").removeprefix("kode keluar").strip(" .-")
    if not number.isdigit() or int(number) not in set(Exit):
        return None
    code = f"exit.{int(number)}"
    return Page(f"exit {int(number)}", f"{int(number)} · {words.say(code, {}, lang)}", text_about(code, lang))


def _message(code: str, lang: str) -> Page | None:
    if code not in message_codes():
        return None
    parts = [sentence(code, lang)]
    if code in SEVERITY:
        parts.append(text(f"cli.help.{SEVERITY[code]}", lang) or "")
    parts.append(text_about(code, lang))
    step = (words.find(code) or {}).get(f"next_{lang}")
    if step is not None:
        parts.append(f"{words.say('cli.next', {}, lang)} {words.fill(step, _stand_ins(step), lang, {})}")
    return Page(code, code, "\n\n".join(part for part in parts if part))


def _family(head: str, lang: str) -> Page | None:
    """All codes that begin with one word, such as `seal`."""
    codes = [code for code in message_codes() if code.partition(".")[0] == head.rstrip(".*")]
    if not codes:
        return None
    return Page(head, head, rows=tuple((code, sentence(code, lang)) for code in codes))


def text_about(code: str, lang: str) -> str:
    """The longer explanation of a code, "" when there is none."""
    return (words.about(code, lang) or "").strip("\n")
