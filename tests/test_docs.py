"""What the papers say is so: commands, options, files, codes, links, verbs, settings and words named in README.md and docs/ exist."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from custody.i18n import words
from custody.ledger import backup
from custody_cli.commands import plenary, scan
from custody_cli.ground.exits import Exit
from custody_cli.main import root, surroundings
from fixtures import make_guard_page

ROOT = Path(__file__).resolve().parent.parent
# docs/cli.md is made from the program, and a test of its own holds it.
PAGES = sorted(path for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")] if path != ROOT / "docs" / "cli.md")
STYLE = ROOT.parent / "shared" / ("conven" + "tions.md")
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
SHELL = ("sh", "console")
HOME = ("docs", "custody", "cli", "tests", "fixtures")
GUIDES = [path for path in PAGES if path.parent.name not in ("spec", "verifier", "adr", "evidence")]
# Files that the reader names; a code of ours never ends like that.
CHOSEN = (".backup", ".csv", ".invitation", ".key", ".note", ".pdf", ".policy", ".proof", ".pub", ".request", ".sheet", ".toml", ".txt")


class Said(NamedTuple):
    """A piece of code in a page: its text, and whether it is a whole line that a reader would type as it stands."""

    page: str
    text: str
    whole: bool

    def __str__(self) -> str:
        return f"{self.page}: {self.text}"


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@cache
def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return FENCE.sub("", page.read_text("utf-8"))


def typed(page: Path) -> Iterator[str]:
    """The lines of the blocks that show what to type, continued lines joined, prompts taken off."""
    for language, block in FENCE.findall(page.read_text("utf-8")):
        if language in SHELL:
            for line in block.replace("\\\n", " ").splitlines():
                yield line.removeprefix("$ ").strip()


def spans(page: Path) -> list[str]:
    """Every inline code of the page."""
    return [re.sub(r"\s+", " ", span).strip() for span in re.findall(r"`([^`]+)`", prose(page))]


@cache
def commands() -> tuple[Said, ...]:
    """Every `custody …` that a page tells people to type or talks of."""
    found = []
    for page in PAGES:
        found += [Said(name(page), line, True) for line in typed(page) if line.startswith("custody ")]
        found += [Said(name(page), span, False) for span in spans(page) if span.startswith("custody ")]
    return tuple(found)


def fault(said: Said) -> str | None:
    """Why a command could not be typed like that; in running text what is left out is no fault."""
    words_of = shlex.split(said.text, comments=True)[1:]
    if not said.whole:
        words_of = [word for word in words_of if word not in ("…", "...")]
    ctx: click.Context = click.Context(root(), info_name="custody", obj=surroundings([], {"HOME": "/"}))
    while words_of and isinstance(ctx.command, click.Group) and words_of[0] != "--help":
        first = words_of.pop(0)
        if first.isupper():  # a stand-in: custody PERINTAH --help
            return None
        try:
            child = ctx.command.get_command(ctx, first)
        except ModuleNotFoundError:
            return f"{first} is not there"
        if child is None:
            return f"no command {first}"
        ctx = click.Context(child, info_name=first, parent=ctx)
    return _parsed(ctx, words_of, said.whole)


def _parsed(ctx: click.Context, rest: list[str], whole: bool) -> str | None:
    if "--help" in rest or (isinstance(ctx.command, click.Group) and not rest):
        return None
    try:
        ctx.command.parse_args(ctx, rest)
    except click.MissingParameter as error:
        return str(error) if whole else None
    except click.BadOptionUsage as error:
        return str(error) if whole or "memerlukan nilai" not in str(error) else None
    except click.ClickException as error:
        return error.format_message()
    return None


def test_there_are_pages_and_commands_to_look_at() -> None:
    assert {"README.md", "docs/id/kasatops.md", "docs/threat-model.md"} <= {name(page) for page in PAGES}
    assert len([said for said in commands() if said.whole]) > 30


@pytest.fixture
def _any_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let options take files that are not there: the reader's are not ours."""
    monkeypatch.setattr(click.Path, "convert", lambda self, value, param, ctx: value)


@pytest.mark.usefixtures("_any_file")
@pytest.mark.parametrize("page", [name(page) for page in PAGES])
def test_commands_and_options_exist(page: str) -> None:
    faults = {str(said): why for said in commands() if said.page == page and (why := fault(said)) is not None}
    assert faults == {}


@pytest.mark.parametrize(
    "text",
    ["custody fly", "custody key fly", "custody verify --no-such-option", "custody key revoke", "custody key revoke x --reason bored"],
)
def test_a_command_that_does_not_exist_is_found(text: str) -> None:
    assert fault(Said("-", text, True)) is not None


@pytest.mark.parametrize("text", ["custody key revoke", "custody key …", "custody help seal.changed", "custody PERINTAH --help"])
def test_running_text_may_leave_things_out(text: str) -> None:
    assert fault(Said("-", text, False)) is None


def verbs() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", [name(page) for page in PAGES])
def test_verbs_of_make_exist(page: str) -> None:
    path = ROOT / page
    told = [words_of.split()[1] for words_of in [*typed(path), *spans(path)] if re.match(r"make [a-z]", words_of)]
    assert set(told) <= verbs()


def test_readme_shows_the_two_commands_as_lines_to_type() -> None:
    lines = [line.split("#")[0].strip() for line in typed(ROOT / "README.md")]
    assert {"make demo", "make test"} <= set(lines)


EXITS = re.compile(r"(?:kode keluar|exit code|exit)s? (\d+)(?:(?:,| atau| or| dan| and) (\d+))*", re.IGNORECASE)


@pytest.mark.parametrize("page", [name(page) for page in PAGES])
def test_exit_codes_exist(page: str) -> None:
    told = {int(number) for match in EXITS.finditer(prose(ROOT / page)) for number in re.findall(r"\d+", match[0])}
    assert told <= {int(code) for code in Exit}


DOTTED = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[a-z]+(?:-[a-z]+)*)+")


def files_of_ours() -> set[str]:
    """Names of files that the program itself writes: in the ledger folder, in a report; and of the verifiers."""
    from custody.paper.checking.check import ATTACHED

    return {*backup.SINGLE, *ATTACHED, *(path.name for path in (ROOT / "docs" / "spec" / "verifier").iterdir())}


@pytest.mark.parametrize("page", [name(page) for page in GUIDES])
def test_codes_in_inline_code_have_words(page: str) -> None:
    """`seal.changed` is a code of the catalogue, a file of a ledger or report, or a module."""
    dotted = [span for span in spans(ROOT / page) if DOTTED.fullmatch(span) and not span.endswith(CHOSEN) and span not in files_of_ours()]
    assert [span for span in dotted if not words.known(span) and not is_module(span)] == []


def is_module(dotted: str) -> bool:
    """`custody.core` and the like."""
    return any((ROOT / base / dotted.replace(".", "/")).with_suffix(end).exists() for base in (".", "cli") for end in ("", ".py"))


@pytest.mark.parametrize("page", [name(page) for page in PAGES])
def test_files_of_the_project_exist(page: str) -> None:
    told = [span for span in spans(ROOT / page) if re.fullmatch(rf"(?:{'|'.join(HOME)})/[\w./*{{}},-]*(?:/|\.[a-z]+)", span)]
    assert [span for span in told if not any(any(ROOT.glob(one.rstrip("/"))) for one in braces(span))] == []


def braces(pattern: str) -> list[str]:
    """`a/{b,c}.py` written out."""
    match = re.search(r"\{([^}]*)\}", pattern)
    return [pattern] if match is None else [pattern.replace(match[0], one.strip()) for one in match[1].split(",")]


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.replace("`", "").strip().lower())
    return kept.replace(" ", "-")


def anchors(page: Path) -> set[str]:
    told = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {slug(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)) for heading in told}


@pytest.mark.parametrize("page", [name(page) for page in PAGES])
def test_links_lead_somewhere(page: str) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(ROOT / page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / page).parent / path if path else ROOT / page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


@cache
def sources() -> str:
    return "\n".join(path.read_text("utf-8") for base in ("custody", "cli") for path in (ROOT / base).rglob("*.py"))


@pytest.mark.parametrize("page", [name(page) for page in PAGES])
def test_variables_of_the_environment_are_read_by_the_program(page: str) -> None:
    told = set(re.findall(r"\bCUSTODY_[A-Z_]+", (ROOT / page).read_text("utf-8")))
    assert [variable for variable in told if variable not in sources()] == []


def test_every_page_is_reached_from_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    linked = {(ROOT / "docs" / target.partition("#")[0]).resolve() for target in re.findall(r"\]\(([^)\s]+)\)", index)}
    here = {path for path in (ROOT / "docs").rglob("*.md") if path.parent.name != "evidence"}  # each run makes a record
    assert {name(path) for path in here - linked - {ROOT / "docs" / "README.md"}} == set()


def shape(page: Path) -> list[str]:
    """Chapters, items of lists and rows of tables in their order, by the sign that begins each."""
    return [found[0].strip() for line in prose(page).splitlines() if (found := re.match(r" *(#+|- |\||[0-9]+\. )", line))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kasatops.md", "kasatops.md"),
        ("pemeriksa.md", "checker.md"),
        ("saksi.md", "witness.md"),
        ("pusat-data.md", "data-centre.md"),
        ("stasiun.md", "station.md"),
        ("penjaga.md", "guard.md"),
        ("periksa-kertas.md", "check-paper.md"),
    ],
)
def test_both_languages_have_the_same_chapters_lists_tables_and_lines_to_type(one: str, other: str) -> None:
    indonesian, english = ROOT / "docs" / "id" / one, ROOT / "docs" / "en" / other
    assert [command(line) for line in typed(indonesian)] == [command(line) for line in typed(english)]
    assert shape(indonesian) == shape(english)


CHOICES = [*(f"scanmode.{mode}" for mode in scan.MODES), *(f"plenarystep.{step}" for step in plenary.STEPS)]
MODES = {fields["id"]: fields["en"] for choice in CHOICES if (fields := words.find(choice))}


def command(line: str) -> list[str]:
    """The command and the options of a line; names that the reader chooses are told in the language of the page."""
    said = shlex.split(line, comments=True)
    path = [MODES.get(word, word) for word in takewhile(lambda word: re.fullmatch(r"[a-z]+", word), said)]
    return [*path, *(word for word in said if word.startswith("--"))]


# -- the glossary --------------------------------------------------------------------------------------------------------------

GLOSSARY = ROOT / "docs" / "glossary.md"
NOT_SHOWN = "†"


def rows(text: str, columns: int) -> list[list[str]]:
    """The rows of all tables with that many columns, heads and rules left out."""
    found = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    rules = [at for at, row in enumerate(found) if all(re.fullmatch(r":?-*:?", cell) for cell in row)]
    heads = {at - 1 for at in rules} | set(rules)
    return [row for at, row in enumerate(found) if at not in heads and len(row) == columns]


def plain(cell: str) -> str:
    return re.sub(r"[*`†]|\(.*?\)", "", cell).strip()


def glossary() -> dict[str, tuple[str, str]]:
    """English word -> Indonesian word and code, of the first table."""
    text = GLOSSARY.read_text("utf-8")
    first = text.split("\n## ")[1]
    return {plain(row[1]): (row[0], row[2]) for row in rows(first, 4)}


def test_the_glossary_is_that_of_the_house() -> None:
    if not STYLE.exists():
        pytest.skip("the house's table of words is not beside the project")
    table = STYLE.read_text("utf-8").partition("## Words")[2]
    wanted = {}
    for english, _, indonesian, _ in rows(table, 4):
        for one, its in zip(english.split(", "), indonesian.split(", "), strict=False):
            wanted[one] = plain(its)
    ours = {english: plain(indonesian) for english, (indonesian, _) in glossary().items()}
    assert len(wanted) > 20
    assert {english: its for english, its in wanted.items() if ours.get(english) != its} == {}


@cache
def on_screen() -> str:
    """Everything that the catalogues say in Indonesian."""
    fields = ("id", "next_id", "about_id")
    return "\n".join((words.find(code) or {}).get(field, "") for _, code in words.codes() for field in fields).lower()


def test_indonesian_terms_of_the_glossary_are_those_on_the_screen() -> None:
    strange = [its for its, _ in glossary().values() if NOT_SHOWN not in its and plain(its).lower() not in on_screen()]
    assert strange == []


def test_codes_of_the_glossary_say_what_the_catalogue_says() -> None:
    """The tables of roles, kinds, states: code | Indonesian | English."""
    told = [row for row in rows(GLOSSARY.read_text("utf-8"), 3) if row[0].startswith("`")]
    said = {row[0]: words.find(plain(row[0])) or {} for row in told}
    assert len(told) > 40
    assert [row for row in told if [said[row[0]].get("id"), said[row[0]].get("en")] != row[1:]] == []


PRINTED = ["docs/id/penjaga.md", "docs/en/guard.md", "docs/id/periksa-kertas.md", "docs/en/check-paper.md"]


@pytest.mark.parametrize("page", PRINTED)
def test_a_page_to_print_is_drawn_from_its_text(page: str) -> None:
    """The PDF beside the page is what the script makes of it, byte for byte, and one page long."""
    source = ROOT / page
    made = make_guard_page.page(source.read_text("utf-8"), source.parent.name)
    assert make_guard_page.PAGES[source].read_bytes() == made
    assert made.count(b"/Type /Page\n") == 1


@pytest.mark.parametrize("page", ["docs/id/penjaga.md", "docs/en/guard.md"])
def test_what_the_guards_card_says_to_type_the_screen_understands(page: str) -> None:
    from custody_cli.commands.round_ import RoundPage
    from custody_cli.room import doors, reading
    from custody_cli.table import sealwords
    from custody_cli.table.scanning import TURNS
    from custody_cli.table.sealwords import STATES
    from custody_cli.table.verbs import VERBS

    lists = {"door": doors.DOORS, "lock": doors.LOCKS, "defects": doors.DEFECTS}
    for span in spans(ROOT / page):
        verb, *rest = span.split()
        if (what := RoundPage.topics.get(verb)) is not None:
            assert doors.word(what.removesuffix("s"), lists[what], " ".join(rest)), span
        elif verb in reading.LOCKED:
            assert not rest, span
        elif verb not in ("custody", "TPS") and not verb.startswith("/media/") and span not in VERBS and span not in TURNS:
            assert verb in VERBS, span
            number = VERBS[verb] == "seal" and len(rest) == 1 and sealwords.number(rest[0])  # that of the door
            another = VERBS[verb] == "seal" and len(rest) == 2 and rest[0].isdigit() and sealwords.seen_at_front(rest[1:])[0]
            assert VERBS[verb] == "only" or number or another or all(word.isdigit() or word in STATES for word in rest), span


@pytest.mark.parametrize(("page", "lang"), [("docs/id/penjaga.md", "id"), ("docs/en/guard.md", "en")])
def test_what_the_guards_card_says_will_be_shown_is_shown(page: str, lang: str) -> None:
    """SELESAI, MENUNGGU KUNCI BUKU BESAR, SUDAH DITANDATANGANI, DIUBAH: words in capitals stand in the catalogue."""
    said = "\n".join((words.find(code) or {}).get(lang, "") for _, code in words.codes())
    loud = re.findall(r"\*\*([A-Z][A-Z ]+)\*\*|^\| ([A-Z][A-Z ]+) \|", (ROOT / page).read_text("utf-8"), re.MULTILINE)
    shown = {one or other for one, other in loud}
    assert len(shown) == 8
    assert [one for one in shown if one not in said] == []


@pytest.mark.parametrize(("page", "lang"), [("docs/id/periksa-kertas.md", "id"), ("docs/en/check-paper.md", "en")])
def test_what_the_page_on_paper_says_will_be_answered_is_answered(page: str, lang: str) -> None:
    """UTUH, SEMUA KODE COCOK, LATIHAN: words in capitals are those of the answers and papers, and the code shown has the form of one."""
    from custody.paper.codes import pagecode

    text = (ROOT / page).read_text("utf-8")
    said = "\n".join(
        (words.find(code) or {}).get(lang, "") for _, code in words.codes() if code.split(".")[0] in ("check", "scan", "paper")
    )
    loud = {one for row in re.findall(r"^\| ([A-Z][A-Z ,]+) \|", text, re.MULTILINE) for one in row.split(", ")}
    assert len(loud) == 5
    assert [one for one in loud | set(re.findall(r"LATIHAN|DRILL", text)) if one not in said] == []
    (shown,) = [span for span in spans(ROOT / page) if span.startswith(pagecode.HEAD)]
    assert pagecode.parse(shown)[:5] == (17, "d78d2c7a6b5e4f30", 18, 2, 5)
