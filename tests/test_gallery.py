"""The gallery (docs/gallery.md): every paper has its picture, small enough for a page, and the page names them all."""

from pathlib import Path

import pytest
from PIL import Image

from custody.paper.deeds import blank, drawn
from custody.paper.label import stocks
from custody.paper.proven import scope
from fixtures import make_gallery

ROOT = Path(__file__).resolve().parent.parent


def names() -> set[str]:
    return {paper.name for paper in make_gallery.papers()}


def test_every_paper_is_in_the_gallery() -> None:
    wanted = {f"label-{name}" for name in stocks.STOCKS}
    wanted |= {f"deed-{kind}" for kind in scope.DEEDS}
    wanted |= {f"blank-{kind}" for kind in blank.FORMS}
    wanted |= {f"report-{kind}" for kind in {"box", "tps", "desa", "kecamatan", "warehouse", "operation", *scope.NAMING} - {"deed"}}
    assert wanted - names() == set()
    assert drawn.FORMS.keys() - {"deed-1", "deed-receipt-1", "deed-waybill-1"} == set(), "a drawing that the gallery does not know"


def test_the_page_names_the_pictures_that_are_there() -> None:
    assert make_gallery.PAGE.read_text("utf-8") == make_gallery.page()
    assert {path.stem for path in make_gallery.FOLDER.glob("*.png")} == names()


@pytest.mark.parametrize("name", sorted(names()))
def test_a_picture_is_small_and_shows_something(name: str) -> None:
    path = make_gallery.FOLDER / f"{name}.png"
    assert path.stat().st_size <= make_gallery.MOST_BYTES
    with Image.open(path) as picture:
        assert min(picture.size) > 300
        darkest, lightest = picture.convert("L").getextrema()
        assert darkest < 60 and lightest > 240
