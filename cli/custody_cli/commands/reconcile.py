"""`custody reconcile`: what should be there and where it is, for any place, now or at a minute that has passed."""

from custody_cli.boxes.choosing import Choosing
from custody_cli.ground import csvtext
from custody_cli.ground.app import App
from custody_cli.ground.desk import office
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.runtime import Exit, argument, option, pass_app
from custody_cli.ground.runtime import command as define


@define("reconcile")
@argument("what", nargs=-1)
@option("--at", "at")
@option("--boxes", "every", is_flag=True)
@csvtext.with_csv
@pass_app
def command(app: App, what: tuple[str, ...], at: str | None, every: bool, table: csvtext.Csv) -> int | None:
    from custody.assembly.reconciling import reconcile
    from custody_cli.boxes import reconciled
    from custody_cli.boxes.minute import of_past

    table.check(app)
    with office(app) as opened:
        text = " ".join(what).strip()
        found = Choosing(opened).meant(text, "custody reconcile") if text else None
        if found is not None and found.kind == "box":
            raise WrongUse("cli.reconcile.box", box=found.code)
        moment = of_past(app, at, opened.now(), opened.zone)
        sheet = reconciled.Sheet(app, opened, reconcile(opened, found.code if found is not None else None, moment))
        if table.asked:
            csvtext.put(app, table, *reconciled.csv_rows(sheet, every), opened.drill)
        else:
            app.answer("reconcile", reconciled.document(sheet, every), lambda: reconciled.tell(sheet, every))
        return Exit.FINDINGS if sheet.wanting else None
