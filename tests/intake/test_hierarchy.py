"""Lists of areas and counts: the real Kangae, the synthetic Timor Tengah Utara, and every way in which lists disagree."""

from pathlib import Path

import pytest

from custody.core.errors import CustodyError, Malformed, Refused
from custody.core.shapes import NAME, PLACE, PLACE_KINDS
from custody.i18n import words
from custody.intake.faults import Fault, ImportRefused
from custody.intake.hierarchy import Hierarchy, Sheet, check_expected, parse_expected, read_hierarchy
from fixtures.make_ttu import SHARED, TITLE, table

KANGAE = (Path(__file__).parent.parent.parent / "fixtures" / "kangae.csv").read_bytes()
TYPES = ("PPWP", "DPR", "DPD", "DPRDP", "DPRDK")
PILKADA = ("PGUB", "PBUP")
AREAS = """kode,level,nama,jenis
53,provinsi,Nusa Tenggara Timur,
53.07,kabupaten,Kabupaten Sikka,
53.07.19,kecamatan,Kangae,
53.07.19.2001,desa_kelurahan,Teka Iku,desa
53.07.19.2008,desa_kelurahan,Habi,desa
53.07.19.2009,desa_kelurahan,Langir,desa
"""
HEAD = "kode,nama,jumlah_tps,kecamatan,kabupaten\n"
HABI = "53.07.19.2008,Habi,7,Kangae,Sikka\n"
SUM = ",Sub Jumlah,7,,\n"
ROWS_ABOVE = "kode,nama,tps\n53.07,Sikka,{kabupaten}\n53.07.19,Kangae,{kecamatan}\n53.07.19.2008,Habi,2\n"
WINI = "53.03.09.2010,Habi,7,Insana Utara,Timor Tengah Utara\n"
LANGIR = "53.07.19.2009,Langir,7,Kangae,Sikka\n"


def sheet(name: str, text: str | None) -> Sheet | None:
    return None if text is None else Sheet(f"{name}.csv", text.encode())


def read(counts: str | None = None, wilayah: str | None = None, stations: str | None = None) -> Hierarchy:
    return read_hierarchy(sheet("jumlah", counts), sheet("wilayah", wilayah), sheet("tps", stations))


def refused(counts: str | None = None, wilayah: str | None = None, stations: str | None = None) -> tuple[Fault, ...]:
    with pytest.raises(ImportRefused) as caught:
        read(counts, wilayah, stations)
    return caught.value.faults


def test_kangae_has_9_desa_53_tps_265_boxes() -> None:
    kangae = read_hierarchy(Sheet("kangae.csv", KANGAE))
    totals = kangae.totals(TYPES)
    assert totals == (1, 1, 9, 53, (("PPWP", 53), ("DPR", 53), ("DPD", 53), ("DPRDP", 53), ("DPRDK", 53)))
    assert totals.kotak == 265
    assert kangae.warnings == ()
    assert kangae.counts() == dict(zip((f"530719200{n}" for n in range(1, 10)), (4, 6, 4, 4, 6, 7, 8, 7, 7), strict=True))
    assert [place[:2] for place in kangae.provinces] == [("53", "provinsi")]
    assert kangae.places[:4] == (
        ("5307", "kabupaten", "Sikka", None),
        ("530719", "kecamatan", "Kangae", "5307"),
        ("5307192001", "desa", "Teka Iku", "530719"),
        ("5307192001-001", "tps", "TPS 001", "5307192001"),
    )


def test_places_fit_into_statements() -> None:
    places = read_hierarchy(Sheet("kangae.csv", KANGAE)).places
    assert [place.code for place in places] == sorted({place.code for place in places})
    for place in places:
        assert PLACE.ok(place.code)
        assert NAME.ok(place.name)
        assert place.kind in PLACE_KINDS
        assert place.parent is None or place.parent in {other.code for other in places}


@pytest.mark.skipif(not SHARED.exists(), reason="the list of areas ../shared/data/ttu_wilayah.csv is not here")
def test_synthetic_timor_tengah_utara_has_24_193_445_890() -> None:
    areas = SHARED.read_text("utf-8")
    counts = table(areas)
    assert "SINTETIS" in counts.splitlines()[0]
    ttu = read_hierarchy(Sheet("ttu.csv", counts.encode()), Sheet("wilayah.csv", areas.encode()))
    totals = ttu.totals(PILKADA)
    assert totals[:4] == (1, 24, 193, 445)
    assert totals.kotak == 890
    town = sum(count for code, count in ttu.counts().items() if code.startswith("530305"))
    assert town == 81
    assert min(ttu.counts().values()) >= 1
    assert [(warning.code, warning.facts.get("value")) for warning in ttu.warnings] == [("import.title", f'"{TITLE}";;'[:60] + "…")]


@pytest.mark.parametrize(
    ("name", "counts", "expected"),
    [
        ("digits", "kode,nama,tps,kecamatan,kabupaten\n5307192008,Habi,2,Kangae,Sikka\n", {"5307192008": 2}),
        ("digits as text of a spreadsheet", HEAD + HABI.replace("53.", "'53."), {"5307192008": 7}),
        ("parents as rows", ROWS_ABOVE.format(kabupaten="", kecamatan=""), {"5307192008": 2}),
        ("parents as rows with right sums", ROWS_ABOVE.format(kabupaten=2, kecamatan=2), {"5307192008": 2}),
        ("a name that begins with digits", HEAD + "13.05.02.2001,Sicincin,2,2 x 11 Enam Lingkung,Padang Pariaman\n", {"1305022001": 2}),
        ("codes in the columns above", HEAD + HABI + "53.07.19.2009,Langir,7,530719,53.07\n", {"5307192008": 7, "5307192009": 7}),
        ("a total", HEAD + HABI + LANGIR + ",Jumlah,14,,\n", {"5307192008": 7, "5307192009": 7}),
        ("a total in the first column", HEAD + HABI + LANGIR + "TOTAL SELURUHNYA,,14,,\n", {"5307192008": 7, "5307192009": 7}),
        ("sums in between", HEAD + HABI + SUM + LANGIR + SUM + ",Jumlah,14,,\n", {"5307192008": 7, "5307192009": 7}),
        ("a total with a name", HEAD + HABI + LANGIR + ",Jumlah Kec. Kangae,14,,\n", {"5307192008": 7, "5307192009": 7}),
        ("names with marks", HEAD + HABI.replace("Habi", '"T’Eba / (Baru), S. - N\'x"'), {"5307192008": 7}),
    ],
)
def test_accepted(name: str, counts: str, expected: dict[str, int]) -> None:
    assert read(counts).counts() == expected, name


@pytest.mark.parametrize(
    ("name", "sheets", "code", "line", "column"),
    [
        ("a code twice, written in two ways", (HEAD + HABI + HABI.replace(".", ""),), "import.code.twice", 3, "A (kode)"),
        ("a code that is too short", (HEAD + HABI.replace("2008", "208"),), "import.code.shape", 2, "A (kode)"),
        ("a code that begins with 0", (HEAD + HABI.replace("53.07", "03.07"),), "import.code.shape", 2, "A (kode)"),
        ("a code with letters", (HEAD + HABI.replace("2008", "20O8"),), "import.code.shape", 2, "A (kode)"),
        ("a code in other digits", (HEAD + HABI.replace("2008", "٢٠٠٨"),), "import.code.shape", 2, "A (kode)"),
        ("a code that lost its zero", (HEAD + "53.1,Alor,,,\n",), "import.code.shape", 2, "A (kode)"),
        ("a code that became a number", (HEAD + HABI.replace("53.07.19.2008", "5.30719E+09"),), "import.code.scientific", 2, "A (kode)"),
        ("a code of another office", (HEAD + HABI.replace("2008", "0008"),), "import.code.bps", 2, "A (kode)"),
        ("no code", (HEAD + HABI.replace("53.07.19.2008", ""),), "import.code.empty", 2, "A (kode)"),
        ("a negative count", (HEAD + HABI.replace("7,K", "-7,K"),), "import.count.negative", 2, "C (jumlah_tps)"),
        ("a broken count", (HEAD + HABI.replace("7,K", "7.5,K"),), "import.count.integer", 2, "C (jumlah_tps)"),
        ("a count in words", (HEAD + HABI.replace("7,K", "tujuh,K"),), "import.count.integer", 2, "C (jumlah_tps)"),
        ("no count", (HEAD + HABI.replace("7,K", ",K"),), "import.count.empty", 2, "C (jumlah_tps)"),
        ("a count of voters", (HEAD + HABI.replace("7,K", "1.234,K"),), "import.count.limit", 2, "C (jumlah_tps)"),
        ("no name", (HEAD + HABI.replace("Habi", ""),), "import.name.empty", 2, "B (nama)"),
        ("a name of marks", (HEAD + HABI.replace("Habi", "..."),), "import.name.empty", 2, "B (nama)"),
        ("a name with a strange mark", (HEAD + HABI.replace("Habi", "Habi;rm"),), "import.name.character", 2, "B (nama)"),
        ("a name in look-alike letters", (HEAD + HABI.replace("Habi", "H\u0430bi"),), "import.name.character", 2, "B (nama)"),
        ("a name without end", (HEAD + HABI.replace("Habi", "H" * 81),), "import.name.long", 2, "B (nama)"),
        ("no name above", ("kode,nama,tps\n53.07.19.2008,Habi,7\n",), "import.parent.unknown", 2, "A (kode)"),
        ("two names above", (HEAD + HABI + LANGIR.replace("Kangae", "Kewapante"),), "import.name.two", 3, "D (kecamatan)"),
        ("another code above", (HEAD + HABI.replace("Kangae", "53.07.18"),), "import.code.parent", 2, "D (kecamatan)"),
        ("a total that is wrong", (HEAD + HABI + LANGIR + ",Jumlah,15,,\n",), "import.total", 4, "C (jumlah_tps)"),
        ("a sum of a kecamatan that is wrong", (ROWS_ABOVE.format(kabupaten="", kecamatan=3),), "import.total.area", 3, "C (tps)"),
        ("a named total that is wrong", (HEAD + HABI + LANGIR + ",Jumlah Kangae,15,,\n",), "import.total.area", 4, "C (jumlah_tps)"),
        ("a named total that is too small", (HEAD + HABI + LANGIR + ",Jumlah Kangae,13,,\n",), "import.total.area", 4, "C (jumlah_tps)"),
        ("nothing but totals", (HEAD + ",Jumlah,0,,\n",), "import.none", 0, None),
        ("a code at the wrong level", ("kode,level,nama,tps\n53.07.19,desa,Habi,7\n",), "import.code.level", 2, "B (level)"),
        ("a code that the list has not", (HEAD + LANGIR.replace("2009,Langir", "2010,Zz"), AREAS), "import.code.unlisted", 2, "A (kode)"),
        ("a code that the list has otherwise", (HEAD + HABI.replace("2008", "2010"), AREAS), "import.code.meant", 2, "A (kode)"),
        ("a name that the list has elsewhere", (HEAD + WINI, AREAS), "import.code.unlisted", 2, "A (kode)"),
        ("a list without the kabupaten", (HEAD + HABI, AREAS.replace("53.07,", "53.08,")), "import.parent.unknown", 4, "A (kode)"),
        ("a list without a place above", (HEAD + HABI, AREAS.replace("19,kec", "18,kec")), "import.parent.unknown", 5, "A (kode)"),
        ("a list with a code twice", (HEAD + HABI, AREAS.replace("2009", "2008")), "import.code.twice", 7, "A (kode)"),
        ("a list of areas instead of counts", (AREAS,), "import.column.missing", 1, "jumlah_tps"),
        ("a TPS twice", (HEAD + HABI, None, "kode;tps\n53.07.19.2008;1\n5307192008;TPS 01\n"), "import.tps.twice", 3, "B (tps)"),
        ("a TPS 0", (HEAD + HABI, None, "kode;tps\n53.07.19.2008;0\n"), "import.tps.number", 2, "B (tps)"),
        ("a TPS of a kecamatan", (HEAD + HABI, None, "kode;tps\n53.07.19;1\n"), "import.tps.area", 2, "A (kode)"),
        ("a TPS with two numbers", (HEAD + HABI, None, "kode;tps\n5307192008-002;1\n"), "import.tps.differs", 2, "B (tps)"),
        ("fewer TPS than counted", (HEAD + HABI, None, "kode;tps\n53.07.19.2008;1\n53.07.19.2008;2\n"), "import.tps.count", 2, None),
        ("TPS of a desa without names", (None, None, "kode;tps\n53.07.19.2008;1\n"), "import.parent.unknown", 2, "A (kode)"),
    ],
)  # fmt: skip
def test_refused(name: str, sheets: tuple[str | None, ...], code: str, line: int, column: str | None) -> None:
    found = refused(*sheets)
    assert (found[0].code, found[0].facts["line"], found[0].facts.get("column")) == (code, line, column), (name, found)
    for lang in ("id", "en"):
        said = words.say(code, found[0].facts, lang)
        assert "{" not in said
        assert str(found[0].facts["file"]) in said
        assert (not line or f" {line}" in said) and (not column or column in said), said
        assert words.next_step(code, found[0].facts, lang), f"{code} names no remedy"


def test_a_faulty_cell_is_told_once_beside_the_others() -> None:
    found = refused(HEAD + HABI.replace("53.07.19.2008", "=1") + LANGIR.replace("Langir", "\x07").replace("7,K", "x,K"))
    assert [(fault.code, fault.facts["line"]) for fault in found] == [("import.formula", 2), ("import.control", 3)]
    found = refused(HEAD + HABI.replace("7,K", "x,K") + LANGIR.replace("Langir", "\x07"))
    assert [(fault.code, fault.facts["line"]) for fault in found] == [("import.count.integer", 2), ("import.control", 3)]
    found = refused(HEAD + HABI.replace("Habi", "...").replace("7,K", "x,K"))
    assert [fault.facts["column"] for fault in found] == ["B (nama)", "C (jumlah_tps)"]


@pytest.mark.parametrize(
    ("name", "sheets", "codes"),
    [
        ("no TPS", (HEAD + HABI.replace("7,K", "0,K"),), ["import.count.zero"]),
        ("very many TPS", (HEAD + HABI.replace("7,K", "100,K"),), ["import.count.many"]),
        ("99 TPS", (HEAD + HABI.replace("7,K", "99,K"),), []),
        ("two desa of one name", (HEAD + HABI + LANGIR.replace("Langir", "Habi"),), ["import.name.same"]),
        ("one name in two kecamatan", (HEAD + HABI + "53.07.18.2001,Habi,1,Kewapante,Sikka\n",), []),
        ("a kecamatan under two codes", (HEAD + HABI + "53.07.18.2001,X,1,Kangae,Sikka\n",), ["import.name.same"]),
        ("a kabupaten under two codes", (HEAD + HABI + "53.08.18.2001,X,1,Ende,Sikka\n",), ["import.name.same"]),
        ("a name unlike the list's", (HEAD + HABI.replace("Habi", "Habu"), AREAS), ["import.name.differs", "import.count.missing"]),
        ("a spelling unlike the list's", (HEAD + HABI.replace("Habi", "HABI"), AREAS), ["import.count.missing"]),
        ("a sort unlike the code", (HEAD + HABI, AREAS.replace("bi,desa", "bi,kelurahan")), ["import.code.sort", "import.count.missing"]),
        ("special TPS added", (HEAD + HABI, None, "kode;tps\n53.07.19.2008;901\n"), ["import.tps.special"]),
        ("a gap", (HEAD + HABI.replace("7,K", "2,K"), None, "kode;tps\n53.07.19.2008;1\n53.07.19.2008;3\n"), ["import.tps.gap"]),
    ],
)  # fmt: skip
def test_warned(name: str, sheets: tuple[str, ...], codes: list[str]) -> None:
    warnings = read(*sheets).warnings
    assert [warning.code for warning in warnings] == codes, name
    for warning in warnings:
        assert "{" not in words.say(warning.code, warning.facts)


def test_uncounted_desa_are_said_where_the_kabupaten_is_counted() -> None:
    elsewhere = "53.03,kabupaten,Timor Tengah Utara,\n53.03.09,kecamatan,Insana Utara,\n53.03.09.2010,desa,Humusu Wini,\n"
    warnings = read(HEAD + HABI, AREAS + elsewhere).warnings
    assert [(warning.facts["name"], warning.facts["codes"]) for warning in warnings] == [
        ("Kabupaten Sikka", ("53.07.19.2001", "53.07.19.2009"))
    ]


@pytest.mark.parametrize(
    ("name", "counts", "stations", "expected"),
    [
        ("a list alone", None, "1,2,901", ("001", "002", "901")),
        ("a list that agrees with the count", "3", "1,2,901", ("001", "002", "901")),
        ("special ones beside a count", "2", "901,902", ("001", "002", "901", "902")),
    ],
)
def test_stations(name: str, counts: str | None, stations: str, expected: tuple[str, ...]) -> None:
    listed = "kode;tps;desa;kecamatan;kabupaten\n" + "".join(f"53.07.19.2008;{n};Habi;Kangae;Sikka\n" for n in stations.split(","))
    found = read(HEAD + HABI.replace("7,K", f"{counts},K") if counts else None, None, listed)
    assert tuple(place.code[-3:] for place in found.of_kind("tps")) == expected, name


def test_nothing_is_imported_without_counts() -> None:
    with pytest.raises(Malformed, match=r"^import\.nothing"):
        read(None, AREAS)


@pytest.mark.parametrize("text", ["", "tps", "tps=", "tps=x", "suara=3", "tps=1,tps=1", "tps=-1", "tps=٣", "tps=99999999999"])
def test_expected_form(text: str) -> None:
    with pytest.raises(Malformed, match=r"^import\.expect\.form"):
        parse_expected(text)


def test_expected_totals() -> None:
    totals = read_hierarchy(Sheet("kangae.csv", KANGAE)).totals(TYPES)
    check_expected(totals, parse_expected("kabupaten=1, kecamatan=1,desa=9,tps=53,kotak=265"))
    with pytest.raises(Refused) as caught:
        check_expected(totals, parse_expected("tps=54,desa=9,kotak=270"))
    assert caught.value.facts["differences"] == ("tps: 53 ≠ 54", "kotak: 265 ≠ 270")


@pytest.mark.parametrize("cut", range(0, len(KANGAE), 7))
def test_a_cut_file_is_refused_or_gives_true_counts(cut: int) -> None:
    try:
        found = read_hierarchy(Sheet("kangae.csv", KANGAE[:cut]))
    except CustodyError:
        return
    assert found.counts().items() <= read_hierarchy(Sheet("kangae.csv", KANGAE)).counts().items()
