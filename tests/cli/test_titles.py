"""What an office calls its roles (Kasatops, Kasetops, Karendalops …) is a setting, and reaches every paper that names a role."""

import json
from pathlib import Path

import pypdfium2
import pytest

from tests.cli.daily_kit import HABI, TPS, Evening

TITLES = {"supervisor": "Kasetops Contoh", "kpps": "Ketua KPPS Contoh", "guard": "Karendalops Contoh"}
# Name: what is typed, and which roles stand on that paper.
PAPERS = {
    "report of a box": (("report", f"PEM24-{TPS}-PPWP-1"), {"supervisor", "kpps", "guard"}),
    "report of a desa": (("report", HABI), {"supervisor", "kpps", "guard"}),
    "deed of a handoff": (("deed", "serah-terima"), {"kpps"}),
    "founding deed": (("init", "--deed"), {"supervisor"}),
}


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    made = Evening(tmp_path_factory.mktemp("titles"), desa=(HABI,))
    made.seal()
    made.hand()
    settings = "[titles]\n" + "".join(f'{role} = "{title}"\n' for role, title in TITLES.items())
    (made.root / "custody.toml").write_text(settings, "utf-8")
    made.desk.environ["CUSTODY_CONFIG"] = str(made.root / "custody.toml")
    return made


def paper(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("name", PAPERS)
def test_titles_of_the_settings_stand_on_papers(evening: Evening, name: str, lang: str) -> None:
    argv, roles = PAPERS[name]
    out = f"{name.replace(' ', '-')}-{lang}.pdf"
    key = ("--key", evening.key("kasatops-1"), "--passphrase-file", evening.word()) if argv[0] != "init" else ()
    ended = evening.desk.run(*argv, *key, "--lang", lang, "--out", out)
    assert ended.exit == 0, ended.err
    shown = paper(evening.root / out)
    assert {role for role, title in TITLES.items() if title in shown} >= roles
    assert "Kasatops" not in shown.replace("kasatops", ""), "the word that the setting replaces"
    if argv[0] != "init":
        checked = evening.desk.run("check", out)
        assert checked.exit == 0 and checked.out.startswith(("UTUH", "INTACT")), checked.out
        assert '"Karendalops Contoh" adalah Petugas jaga (guard)' in checked.out, "nobody but the issuer chose these words"
        assert json.loads(evening.desk.run("check", out, "--json").out)["titles"] == TITLES
