"""A verification that is stopped by Ctrl-C and goes on where it was (docs/spec/10-verification.md, SNAP-4 and SNAP-5)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from custody.core.errors import Altered
from custody_cli.ground.app import App
from custody_cli.ground.console import paint, watched
from custody_cli.ground.desk import state_dir
from custody_cli.ground.exits import Exit, Stopped
from custody_cli.ground.stopping import asked_to_stop

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.assembly.auditing import Remembered, Resumed
    from custody.core.policy import Policy
    from custody.core.verdict import Fault
    from custody.core.verify import Outside
    from custody.ledger.audit import Interrupted
    from custody.ledger.snapshots import Verified


def resumed(app: App, opened: "Office", trust: "Policy", held: "list[Outside]", workers: int, anew: bool) -> "Resumed | Interrupted":
    """The verdict; or how far it came before it was stopped, where something was found by then.

    :raises Stopped: where nothing was found by then; it is remembered how far it came.
    """
    from custody.assembly.auditing import Remembered, verify_on
    from custody.ledger.audit import Interrupted

    remembered = Remembered(state_dir(app), opened.folder.path)
    start = None if anew else _found(app, remembered, opened)
    total = opened.store.size()
    with asked_to_stop() as stop, app.console.progress(app.say("cli.verify.working"), total) as step:
        try:
            found = verify_on(opened, trust, held, start, stop, workers, watched(step))
        except Interrupted as ended:
            interrupted = ended
        else:
            remembered.forget()
            return found
    if interrupted.count:
        remembered.forget()
        return interrupted
    remembered.keep(interrupted, int(app.clock().timestamp()))
    raise Stopped("cli.verify.stopped" if interrupted.verified is not None else "cli.verify.lost", read=interrupted.read, size=total)


def _found(app: App, remembered: "Remembered", opened: "Office") -> "Verified | None":
    """What an earlier run left; where somebody changed it, that is said, and all is read."""
    try:
        return remembered.found(opened.origin)
    except Altered as error:
        app.console.warn(app.say(error.code, **error.facts))
        return None


def broken_off(app: App, interrupted: "Interrupted", told: "Callable[[App, Fault], list[str]]") -> int:
    """What was found before it was stopped: that is altered, whatever the rest holds. `told` gives the lines of a fault."""
    lines = [paint(app.say("verify.altered", count=interrupted.count), "bad")]
    lines += [line for fault in interrupted.faults for line in told(app, fault)]
    lines.append(paint(app.say("verify.broken-off", read=interrupted.read), "warn"))
    faults = [{"step": int(one.step), "code": one.code, "entry": one.entry, "checkpoint": one.checkpoint} for one in interrupted.faults]
    document = {"integrity": "altered", "exit": int(Exit.ALTERED), "read": interrupted.read}
    app.answer("verify", {**document, "fault_count": interrupted.count, "faults": faults}, "\n".join(lines))
    return Exit.ALTERED


def earlier(app: App, runs: tuple[tuple[int, int], ...], zone: str) -> list[str]:
    """Which entries were read in which earlier run, and what that leaves open."""
    from custody.core.moment import from_seconds
    from custody.i18n.dates import when

    lines, first = [], 0
    for end, at in runs:
        if end > first:
            lines.append(app.say("verify.run", first=first, last=end - 1, when=when(from_seconds(at), zone, app.lang)))
        first = end
    return [*lines, app.say("verify.run.now", first=first), paint(app.say("verify.not-again", before=first), "warn")]
