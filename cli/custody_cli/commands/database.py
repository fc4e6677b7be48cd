"""`custody database`: the script by which an administrator prepares a PostgreSQL database for a ledger (ADR 0019)."""

from pathlib import Path

import click

from custody.durable import write_new
from custody_cli.ground import target as targets
from custody_cli.ground.runtime import App, option, pass_app
from custody_cli.ground.runtime import command as define


@define("database")
@option("--owner", default="custody_owner")
@option("--application", default="custody_app")
@option("--out", type=click.Path(dir_okay=False, path_type=Path))
@pass_app
def command(app: App, owner: str, application: str, out: Path | None) -> None:
    from custody.assembly.placing import database_script

    targets.free(out)
    script = database_script(owner, application)
    if out is None:
        return app.answer("database", {"sql": script}, script.rstrip())
    write_new(out, script.encode())
    return app.answer("database", {"file": str(out)}, app.say("cli.database.written", path=str(out)))
