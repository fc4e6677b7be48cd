"""A role as people type it: the code of the statements, or the word that officers use for it (docs/glossary.md)."""

from typing import Any

import click

from custody_cli.ground.exits import WrongUse

ROLES = ("authority", "supervisor", "kpps", "pps", "ppk", "keeper", "guard", "escort", "leader", "witness")


class Role(click.ParamType[str]):
    """`guard` or `penjaga`; what it gives is the code."""

    name = "role"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Raises `WrongUse("cli.key.role")`."""
        from custody.core.errors import Malformed
        from custody.intake.people import role_of

        try:
            return role_of(str(value))
        except Malformed:
            raise WrongUse("cli.key.role", value=str(value)[:40], roles=ROLES) from None

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        return [CompletionItem(one) for one in ROLES if one.startswith(incomplete)]
