"""The settings file: where it lies, what counts first, and what is refused."""

from pathlib import Path

import pytest

from custody_cli.ground.exits import WrongUse
from custody_cli.ground.settings import Scanner, default_path, load


@pytest.mark.parametrize(
    ("name", "platform", "environ", "path"),
    [
        ("named", "linux", {"CUSTODY_CONFIG": "/etc/x.toml", "HOME": "/home/a"}, "/etc/x.toml"),
        ("linux", "linux", {"HOME": "/home/a"}, "/home/a/.config/custody/custody.toml"),
        ("xdg", "linux", {"HOME": "/home/a", "XDG_CONFIG_HOME": "/x"}, "/x/custody/custody.toml"),
        ("mac", "darwin", {"HOME": "/Users/a"}, "/Users/a/Library/Application Support/custody/custody.toml"),
        ("windows", "win32", {"USERPROFILE": "/C/Users/a", "APPDATA": "/C/Users/a/R"}, "/C/Users/a/R/custody/custody.toml"),
        ("windows without APPDATA", "win32", {"USERPROFILE": "/C/Users/a"}, "/C/Users/a/AppData/Roaming/custody/custody.toml"),
    ],
)
def test_default_path(name: str, platform: str, environ: dict[str, str], path: str) -> None:
    assert default_path(environ, platform) == Path(path), name


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "custody.toml"


@pytest.mark.parametrize(
    ("flag", "env", "line", "lang", "origin"),
    [
        (None, None, None, "id", None),
        (None, None, 'lang = "en"', "en", "file"),
        (None, "id", 'lang = "en"', "id", "env"),
        ("en", "id", 'lang = "id"', "en", "flag"),
        (None, "", 'lang = "en"', "en", "file"),
    ],
)
def test_what_counts_first(file: Path, flag: str | None, env: str | None, line: str | None, lang: str, origin: str | None) -> None:
    file.write_text(line or "")
    settings = load({"CUSTODY_CONFIG": str(file)} | ({"CUSTODY_LANG": env} if env is not None else {}), {"lang": flag})
    assert (settings.lang, settings.origins.get("lang")) == (lang, origin)


def test_a_whole_file(file: Path) -> None:
    file.write_bytes(
        b'\xef\xbb\xbflang = "id"\r\nledger = "x"\r\ntrust = "t"\r\ncolour = "never"\r\n'
        b'[scanner]\r\nsuffix = "none"\r\ntimeout_ms = 120\r\n[titles]\r\nguard = "Anggota jaga"\r\n'
    )
    settings = load({"CUSTODY_CONFIG": str(file)}, {})
    assert (settings.ledger, settings.trust, settings.colour) == ("x", "t", "never")
    assert settings.scanner == Scanner("none", 120)
    assert settings.titles == {"guard": "Anggota jaga"}


@pytest.mark.parametrize(
    ("name", "text", "code", "facts"),
    [
        ("unknown key", "ledgerr = 'x'", "cli.settings.unknown", {"key": "ledgerr", "near": "ledger"}),
        ("nothing near", "zzz = 1", "cli.settings.unknown", {"key": "zzz", "near": "lang, ledger, trust, colour, titles, scanner"}),
        ("unknown role", "[titles]\nsupervisr = 'x'", "cli.settings.unknown", {"key": "titles.supervisr", "near": "titles.supervisor"}),
        ("wrong type", "lang = 1", "cli.settings.type", {"key": "lang", "wanted": "text"}),
        ("truth is no number", "[scanner]\ntimeout_ms = true", "cli.settings.type", {"key": "scanner.timeout_ms", "wanted": "number"}),
        ("too large", "[scanner]\ntimeout_ms = 99999", "cli.settings.type", {"key": "scanner.timeout_ms"}),
        ("empty", "ledger = ''", "cli.settings.type", {"key": "ledger"}),
        ("not allowed", "lang = 'jv'", "cli.settings.value", {"value": "jv", "allowed": ("id", "en")}),
        ("no table", "scanner = 'tab'", "cli.settings.table", {"key": "scanner"}),
        ("no TOML", "lang", "cli.settings.form", {}),
        ("without a bottom", "a = " + "[" * 20_000, "cli.settings.form", {}),
        ("twice", "lang = 'id'\nlang = 'id'", "cli.settings.form", {}),
    ],
)
def test_refused(file: Path, name: str, text: str, code: str, facts: dict[str, object]) -> None:
    file.write_text(text)
    with pytest.raises(WrongUse) as caught:
        load({"CUSTODY_CONFIG": str(file)}, {})
    assert caught.value.code == code, name
    assert facts.items() <= caught.value.facts.items()


def test_bytes_that_are_no_text(file: Path) -> None:
    file.write_bytes(b"lang = '\xff'")
    with pytest.raises(WrongUse, match=r"cli\.settings\.form"):
        load({"CUSTODY_CONFIG": str(file)}, {})


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match=r"cli\.settings\.unreadable"):
        load({"CUSTODY_CONFIG": str(tmp_path)}, {})


def test_a_file_that_was_named_must_exist_and_another_need_not(tmp_path: Path) -> None:
    assert load({"HOME": str(tmp_path)}, {}).lang == "id"
    with pytest.raises(WrongUse, match=r"cli\.settings\.missing"):
        load({"CUSTODY_CONFIG": str(tmp_path / "none.toml")}, {})
