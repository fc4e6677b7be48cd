"""click's own sentences in Indonesian: compiled, complete, and with the plural rule that Indonesian has."""

import ast
import gettext
import string
from pathlib import Path

import click
import pytest

from fixtures import make_mo

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "custody" / "i18n" / "locale" / "id" / "LC_MESSAGES" / "messages.po"


MESSAGES = make_mo.parse(SOURCE.read_text("utf-8"))


def test_the_compiled_catalogue_is_current() -> None:
    assert SOURCE.with_suffix(".mo").read_bytes() == make_mo.compiled(MESSAGES)


def test_the_plural_rule_is_that_of_indonesian() -> None:
    with SOURCE.with_suffix(".mo").open("rb") as stream:
        catalogue = gettext.GNUTranslations(stream)
    for count in (0, 1, 2, 5):
        said = catalogue.ngettext("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", count)
        assert said == "Masukan ini tidak dikenal di sini: {args}"
    assert catalogue.gettext("Usage:") == "Cara pakai:"


def click_sentences() -> set[tuple[str, str]]:
    """Every (single, plural) that the installed click passes through gettext."""
    found = set()
    for path in Path(click.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
                texts = [arg.value for arg in node.args[:2] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
                if texts:
                    found.add((texts[0], texts[1] if node.func.id == "ngettext" else ""))
    return found


def test_every_sentence_of_click_is_translated() -> None:
    said = {(single, plural) for single, plural, text in MESSAGES if text}
    assert click_sentences() - said == set()


@pytest.mark.parametrize(("single", "plural", "said"), [message for message in MESSAGES if message[0]])
def test_translations_keep_the_places(single: str, plural: str, said: str) -> None:
    assert places(said) <= places(single) | places(plural)
    assert not places(single) & places(plural) - places(said) or not plural


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text.replace("%(", "{").replace(")s", "}")) if name is not None}
