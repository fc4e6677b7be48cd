"""`custody config show`: every setting, its value and where it came from."""

from custody_cli.ground.runtime import App, group, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.ground.settings import Settings


@group("config")
def command() -> None: ...


@define("config.show", parent=command)
@pass_app
def show(app: App) -> None:
    rows = list(_rows(app.settings))
    file = app.settings.file
    exists = file is not None and file.exists()
    document = {
        "file": str(file),
        "exists": exists,
        "settings": {key: {"value": value, "from": origin} for key, value, origin in rows},
    }

    def human() -> None:
        app.console.answer(app.say("cli.config.file" if exists else "cli.config.no_file", file=str(file)))
        columns = [app.say(f"cli.config.column.{name}") for name in ("key", "value", "from")]
        shown = [(key, "—" if value is None else str(value), app.say(f"cli.config.from.{origin}")) for key, value, origin in rows]
        app.console.table(columns, shown)

    app.answer("config", document, human)


def _rows(settings: Settings) -> list[tuple[str, str | int | None, str]]:
    """(key, value, origin) of every setting, in the order of the file's description."""
    origins = settings.origins
    rows: list[tuple[str, str | int | None, str]] = []
    for key in ("lang", "ledger", "trust", "colour"):
        rows.append((key, getattr(settings, key), origins.get(key, "default")))
    for name in ("suffix", "timeout_ms"):
        rows.append((f"scanner.{name}", getattr(settings.scanner, name), origins.get(f"scanner.{name}", "default")))
    rows += [(f"titles.{role}", title, origins.get(f"titles.{role}", "default")) for role, title in sorted(settings.titles.items())]
    return rows
