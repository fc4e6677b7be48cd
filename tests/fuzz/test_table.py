"""No reader is left out of the table: held against every function that is named like one, and every module that takes bytes apart."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.fuzz.table import NO_ROW, TABLE

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"(parse|read|load|decode|unpack|unpacked|opened|split|scan|from)(_.+)?|.+_from_.+|open_.+|.+_of_text")
GIVEN = re.compile(r"\b(bytes|str|Path|BinaryIO|dict|list|Any)\b")
APART = {
    "loads", "fromhex", "decrypt", "decompressobj", "reader", "b64decode", "a2b_base64", "load_pem_x509_certificate",
    "load_pem_x509_certificates",
        "load_der_x509_certificate", "load_pem_private_key", "load_key_and_certificates", "decode_timestamp_response", "toml",
    "conninfo_to_dict",
}  # fmt: skip


@cache
def trees() -> dict[str, ast.Module]:
    """The modules of the product by name."""
    found = {}
    for top, folder in (("custody", ROOT / "custody"), ("custody_cli", ROOT / "cli" / "custody_cli")):
        for path in sorted(folder.rglob("*.py")):
            name = ".".join((top, *path.relative_to(folder).with_suffix("").parts))
            found[name] = ast.parse(path.read_text("utf-8"))
    return found


def functions(body: list[ast.stmt], above: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Public functions and methods, by their names inside the module."""
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from functions(node.body, f"{above}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield f"{above}{node.name}", node


def readers() -> set[str]:
    """What is named like a reader and is given something."""
    found = set()
    for module, tree in trees().items():
        for name, node in functions(tree.body):
            given = [one.annotation for one in (*node.args.posonlyargs, *node.args.args) if one.annotation is not None]
            if NAMED.fullmatch(name.rpartition(".")[2]) and any(GIVEN.search(ast.unparse(one)) for one in given):
                found.add(f"{module}:{name}")
    return found


def apart() -> set[str]:
    """The modules that take bytes apart with a library."""
    return {
        module
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (getattr(node.func, "attr", None) in APART or getattr(node.func, "id", None) in APART)
    }


def tried() -> set[str]:
    """The functions that rows try, themselves or on the way."""
    return {name.partition(",")[0] for row in TABLE for name in (row.name, *row.also)}


def test_every_reader_has_a_row_or_a_reason() -> None:
    assert sorted(readers() - tried() - NO_ROW.keys()) == []


def test_every_module_that_takes_bytes_apart_has_a_row_or_a_reason() -> None:
    known = {name.partition(":")[0] for name in (*tried(), *NO_ROW)}
    assert sorted(apart() - known) == []


def test_the_table_names_what_is_there() -> None:
    there = {f"{module}:{name}" for module, tree in trees().items() for name, _ in functions(tree.body)}
    there |= {f"{module}:{node.name}" for module, tree in trees().items() for node in tree.body if isinstance(node, ast.ClassDef)}
    assert sorted({*tried(), *(one for one in NO_ROW if ":" in one)} - there) == []
    assert sorted({one for one in NO_ROW if ":" not in one} - trees().keys()) == []


def test_no_reason_stands_for_what_has_a_row() -> None:
    assert sorted(NO_ROW.keys() & tried()) == []


def test_rows_are_told_apart_and_state_their_bounds() -> None:
    assert len({row.name for row in TABLE}) == len(TABLE)
    assert all(row.most > 0 and row.bounds for row in TABLE)
