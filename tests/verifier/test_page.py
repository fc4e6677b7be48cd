"""The verifier that is one page, docs/spec/verifier/verify.html, in a real Chromium: it answers as the program and verify.py do.

`make test` asks a sample, `make soak` thousands of spoilt files; test_three.py asks altered ledgers. Without Chromium all is skipped.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from custody.conformance import asking, mutants, questions
from custody.core import canonical
from custody.core.errors import CustodyError
from fixtures import make_page_hashes
from tests.verifier import chromium
from tests.verifier.second import FILE, answer, verify
from tests.verifier.test_mutants import FORMS, pools, refusal, spoilt
from tests.verifier.test_rosters import Wild
from tests.verifier.test_vectors import SIGNATURES

PAGE = FILE.parent / "verify.html"
TEXT = PAGE.read_text(encoding="utf-8")
in_browser = pytest.mark.skipif(chromium.PROGRAM is None, reason="chromium is not here")
Asked = dict[str, Any]


@pytest.fixture(scope="module")
def page() -> Iterator[chromium.Chromium]:
    with chromium.Chromium() as browser:
        browser.open(PAGE)
        yield browser


def ask(page: chromium.Chromium, asked: Sequence[Asked]) -> list[Asked]:
    """What the page answers to questions of the protocol."""
    lines = [json.dumps({"case": "1", **one}) for one in asked]
    told = [page.run(f"{json.dumps(some)}.map(verifyCase)") for some in (lines[at : at + 40] for at in range(0, len(lines), 40))]
    return [json.loads(line) for some in told for line in some]


def text(data: bytes) -> str:
    return verify.base64.b64encode(data).decode()


# ---- what it is


def test_its_fingerprints_are_those_of_its_style_and_scripts() -> None:
    assert make_page_hashes.hashed(TEXT) == TEXT, "run .venv/bin/python fixtures/make_page_hashes.py"


def test_it_is_one_file_that_names_no_other() -> None:
    assert re.search(r'content="default-src \'none\'; base-uri \'none\'; form-action \'none\'; style-src \'sha256-', TEXT)
    assert re.findall(r"<(?:link|img|iframe|object|embed|base|form)\b|\b(?:src|href)=|https?:|@import|url\(", TEXT) == []
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|XMLHttpRequest|WebSocket|\b(?:eval|Function|fetch|import)\(", TEXT) == []


def test_each_text_stands_in_both_languages() -> None:
    words = re.findall(r'^  "?([a-z0-9.-]+)"?: \[(".*?"),\s*(".*?")[],]', TEXT, re.MULTILINE)
    assert len(words) > 70
    assert [name for name, *both in words if "" in map(json.loads, both)] == []


@in_browser
def test_the_browser_lets_it_speak_to_nobody(page: chromium.Chromium) -> None:
    script = """new Promise((told) => {
        addEventListener('securitypolicyviolation', (event) => told(event.effectiveDirective), { once: true });
        fetch('http://127.0.0.1:9/').catch(() => 0);
    })"""
    assert page.run(script) == "connect-src"


@in_browser
def test_one_letter_more_in_its_script_and_nothing_of_it_runs(tmp_path: Path) -> None:
    for name, page in {"same": TEXT, "other": TEXT.replace("const ED25519 = 1,", "const ED25519 = 1 ,", 1)}.items():
        (tmp_path / f"{name}.html").write_text(page, encoding="utf-8")
    with chromium.Chromium() as browser:
        found = []
        for name in ("same", "other"):
            browser.open(tmp_path / f"{name}.html")
            browser.wait(f"location.pathname.endsWith('{name}.html')")
            found.append((browser.run("typeof verifyCase"), browser.run("document.getElementById('state').innerText")[:19]))
    assert found == [("function", ""), ("undefined", "Bila tulisan ini te")]


@in_browser
def test_its_tables_are_those_of_chapter_8(page: chromium.Chromium) -> None:
    assert page.run("Object.fromEntries([...FORMS].map(([kind, form]) => [kind, Object.fromEntries(form)]))") == verify.TABLES


# ---- what it answers


@in_browser
@pytest.mark.parametrize("chapter", questions.CHAPTERS)
def test_it_answers_as_the_vectors_want(page: chromium.Chromium, chapter: str) -> None:
    asked = list(questions.questions(chapter))
    answers = zip(asked, ask(page, [one.ask for one in asked]), strict=True)
    wrong = [(one.rule, one.name, one.want, found) for one, found in answers if not questions.agrees(one.want, found)]
    assert wrong == []


def test_every_question_of_the_protocol_is_one_of_its_own() -> None:
    assert (
        set(re.findall(r'^  "([a-z0-9]+\.[a-z]+)": (?:\(g\)|opened|asked)', TEXT, re.MULTILINE)) | {"private.check"} == verify.ASKED.keys()
    )


@in_browser
@pytest.mark.skipif(not SIGNATURES.exists(), reason="the collection of signatures is not here")
@pytest.mark.parametrize("way", ["holds", "holdsBySubtle"])
def test_it_takes_the_strictest_view_of_914_signatures(page: chromium.Chromium, way: str) -> None:
    weak = {"low_order_R", "low_order_A", "low_order_residue", "non_canonical_A", "non_canonical_R", "reencoded_k"}
    cases = json.loads(SIGNATURES.read_bytes())
    asked = json.dumps([[case["key"], case["msg"], case["sig"]] for case in cases])
    said = page.run(f"Promise.all({asked}.map(([key, text, sig]) => {way}(unhex(key), utf8(text), unhex(sig))))")
    assert [case["number"] for case, held in zip(cases, said, strict=True) if held == bool(weak & set(case["flags"] or ()))] == []
    assert Counter(said)[True] > 30


@in_browser
def test_the_browsers_own_ed25519_is_used_only_where_it_judges_alike(page: chromium.Chromium) -> None:
    awkward = page.run("awkward().map((one) => holds(...one))")
    assert len(set(awkward)) == 2
    assert page.run("trySubtle()") is True
    assert page.run("(async () => { const ours = holdsBySubtle; holdsBySubtle = async () => true; subtleIsOurs = null;"
                    " const said = await trySubtle(); holdsBySubtle = ours; subtleIsOurs = null; return said; })()") is False  # fmt: skip


JSON = {
    "the last value of a key that stands twice": (b'{"a":1.5,"a":1}', "json.form"),
    "in the place of the first": (b'{"a":1,"b":1.5,"a":"\x7f"}', "json.control"),
    "a lone surrogate in the first": (b'{"a":"\\ud800","a":1.5}', "json.syntax"),
    "digits as keys stand where they stand": (b'{"b":1.5,"1":"\\n"}', "json.number"),
    "a key that means something to JavaScript": (b'{"__proto__":1.5,"a":"\\n"}', "json.number"),
    "that key, in order": (b'{"__proto__":{"toString":1}}', None),
    "nine deep": (b'{"a":[[[[[[[[1.5]]]]]]]]}', "json.depth"),
    "a key before its value": ('{"\xe9":1.5}'.encode(), "json.key"),
    "a mark of order": (b"\xef\xbb\xbf{}", "json.syntax"),
    "a number beyond every double": (b'{"a":1e999,"b":"\\n"}', "json.syntax"),
    "a very small one": (b'{"a":0.' + b"0" * 5000 + b"1}", "json.number"),
}


@in_browser
@pytest.mark.parametrize("name", JSON)
def test_json_is_read_in_the_order_of_its_text(page: chromium.Chromium, name: str) -> None:
    data, code = JSON[name]
    asked = {"what": "json.decode", "data": text(data)}
    assert [one.get("code") for one in (*ask(page, [asked]), answer(asked))] == [code, code]
    assert refusal(canonical.decode, data, CustodyError) == code


def wild_rosters(page: chromium.Chromium, seed: int, count: int) -> list[str]:
    """Ledgers of wild statements of authorities on which page and verify.py differ, in findings too."""
    asked = []
    for number in range(seed, seed + count):
        world = Wild(number)
        for _ in range(world.random.randrange(10, 50)):
            world.wild()
        asked.append(asking.asked_of(world.ledger_of()))
    return disagreements(page, asked)


@in_browser
def test_wild_authorities_30(page: chromium.Chromium) -> None:
    assert wild_rosters(page, 1, 30) == []


@in_browser
@pytest.mark.soak
def test_wild_authorities_500(page: chromium.Chromium, seed: int) -> None:
    assert wild_rosters(page, seed, 500) == []


def spoilt_questions(seed: int, count: int) -> list[Asked]:
    """Questions about spoilt files of every form, spoilt evidence and altered exports, in equal parts."""
    random, ready = Random(seed), pools()
    reports = json.loads((questions.folder() / "13-report.json").read_bytes())["reports"]
    export = json.loads((questions.folder() / "25-export.json").read_bytes())["files"]
    asked: list[Asked] = []
    for _ in range(count):
        what = random.choice(sorted(FORMS))
        asked.append({"what": what, "data": text(spoilt(random.choice(ready[what]), random))})
        report = reports[random.choice(sorted(reports))]
        files = {name: report[name].encode() for name in ("facts", "excerpt", "proof", "policy")}
        name = random.choice(["facts", "excerpt", "proof"])
        files[name] = spoilt(files[name], random)
        asked.append({"what": "report.evidence", **{name: text(data) for name, data in files.items()}})
        paths = dict(export)
        path = random.choice(sorted(paths))
        if random.random() < 0.15:
            del paths[path]
        else:
            paths[path] = text((spoilt if random.random() < 0.5 else mutants.flipped)(verify.base64.b64decode(paths[path]), random))
        asked.append({"what": "export.verify", "files": paths, "policy": random.choice([None, export["policy"]])})
    return asked


def disagreements(page: chromium.Chromium, asked: Sequence[Asked]) -> list[str]:
    pairs = zip(asked, ask(page, asked), strict=True)
    return [f"{one}: {want} and {found}" for one, found in pairs if (want := answer(one)) != found]


@in_browser
def test_spoilt_files_200_of_each_kind(page: chromium.Chromium) -> None:
    assert disagreements(page, spoilt_questions(1, 200)) == []


@in_browser
@pytest.mark.soak
def test_spoilt_files_3000_of_each_kind(page: chromium.Chromium, seed: int) -> None:
    assert disagreements(page, spoilt_questions(seed, 3000)) == []
