"""One of a closed list of codes, typed as the code or as its words in either language: `no-key`, `tidak-punya-kunci`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from custody.i18n import words
from custody_cli.ground.frame import lang_of


class WordChoice(click.Choice[str]):
    """What it gives is the code; help and refusals name the words of the language of the run. `<prefix>.<code>` are the words.

    A part of the words will do where it is that of one choice only.
    """

    def __init__(self, prefix: str, codes: Sequence[str]) -> None:
        super().__init__(codes)
        self.prefix = prefix

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Raises click's usage error with the choices."""
        typed = _plain(str(value))
        for code in self.choices:
            if typed in {_plain(code), *(_plain(self._word(code, lang)) for lang in words.LANGUAGES)}:
                return code
        near = {code for code in self.choices if any(_part(typed, _plain(self._word(code, lang))) for lang in words.LANGUAGES)}
        if len(near) == 1:
            return near.pop()
        lang = lang_of(ctx)
        if near:
            several = " · ".join(_plain(self._word(code, lang)) for code in self.choices if code in near)
            return self.fail(words.say("cli.choice.several", {"typed": str(value), "choices": several}, lang), param, ctx)
        return self.fail(
            words.say("cli.choice", {"typed": str(value), "choices": " · ".join(self.shown(ctx).split("|"))}, lang), param, ctx
        )

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """`[cuaca|kendaraan-atau-jalan|…]`"""
        return f"[{self.shown(ctx)}]"

    def shown(self, ctx: click.Context | None) -> str:
        """The choices as they can be typed."""
        return "|".join(_plain(self._word(code, lang_of(ctx))) for code in self.choices)

    def _word(self, code: str, lang: str) -> str:
        return (words.find(f"{self.prefix}.{code}") or {}).get(lang, code)


def _part(typed: str, whole: str) -> bool:
    """Whether the words begin so, one of them was typed, or so much of one that it is no accident: `basah`, `arsip`."""
    return len(typed) > 1 and (
        typed in whole.split("-") or (len(typed) > 2 and whole.startswith(typed)) or (len(typed) > 3 and typed in whole)
    )


def _plain(text: str) -> str:
    return "-".join(text.lower().replace(",", " ").split())
