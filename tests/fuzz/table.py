"""The table of all parsers, and what reads bytes and stands in no row of its own, with the reason."""

from tests.fuzz.parser import Parser
from tests.fuzz.table_core import CORE
from tests.fuzz.table_doors import DOORS
from tests.fuzz.table_office import OFFICE
from tests.fuzz.table_paper import PAPER

TABLE: tuple[Parser, ...] = (*CORE, *OFFICE, *PAPER, *DOORS)

THROUGH = "only a way to a reader that has a row"
OWN = "reads what this program keeps for itself, and makes anew where it is damaged"
SHIPPED = "reads what comes with the program"
HASHES = "hex or base64 out of a statement that was read, whose shape says that it is some"
NAMED = "named like a reader; what it is given is no text of others"
TOLD = "facts of an error that a reader with a row has passed, for the screen"

NO_ROW: dict[str, str] = {
    **dict.fromkeys(
        (
            "custody.assembly.office:open_office", "custody.assembly.office:read_policy", "custody.assembly.placing:open_private",
            "custody.assembly.placing:open_store", "custody.intake.arearows:read_areas", "custody.intake.sheettext:decode",
            "custody.intake.sheettext:split_lines", "custody.intake.table:read_table", "custody.ledger.exportfolder:ExportFolder.read",
            "custody.reading:opened", "custody.reading:read", "custody.store.private:PrivateRegister.opened",
            "custody_cli.keys.inviting:read_proof_files", "custody_cli.keys.listing:read_people_file", "custody_cli.keys.signing:open_key",
            "custody_cli.outside.watching:opened", "custody_cli.papers.certifying:opened", "custody.paper.checking.token:open_card",
            "custody.core.snapshot:state_from_json", "custody.core.brackets:Claims.from_json", "custody.core.shelf:Shelf.from_json",
            "custody.core.schema", "custody.paper.checking.pagesigns", "custody_cli.outside.bundled",
        ),
        THROUGH,
    ),
    **dict.fromkeys(
        (
            "custody.core.crossing:Mark.parse", "custody.core.crossing:parse", "custody.core.snapshot:chain_from_json",
            "custody.core.snapshot:finding_from_json", "custody.ledger.projection", "custody.store.private", "custody_cli.keys.hold",
            "custody_cli.table.clock", "custody_cli.table.handing", "custody.assembly.piles",
        ),
        OWN,
    ),
    **dict.fromkeys(("custody.paper.canvas.typeface:load", "custody.i18n.words", "custody.conformance.questions"), SHIPPED),
    **dict.fromkeys(
        (
            "custody.assembly.delivered", "custody.assembly.exchanging", "custody.assembly.hearing", "custody.assembly.sending",
            "custody.core.labels", "custody.core.roster", "custody.core.verify", "custody.ledger.admit", "custody.ledger.beyond",
            "custody.ledger.ledger",
        ),
        HASHES,
    ),
    **dict.fromkeys(
        (
            "custody.assembly.duty:open_incidents", "custody.core.ed25519:SigningKey.from_seed", "custody.core.merkle:Frontier.from_hashes",
            "custody.station.manifest:split", "custody_cli.demo.keeping:opened", "custody_cli.ground.settings:from_home",
            "custody.conformance.mutants",
        ),
        NAMED,
    ),
    **dict.fromkeys(("custody_cli.boxes.travel", "custody_cli.commands.ledger"), TOLD),
}  # fmt: skip
