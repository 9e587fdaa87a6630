"""Every row of every table names where it comes from, and every published vignette has its row."""

import re

import pytest

from tests.vignettes.tables import HERE, read_table

# Written down from `clinical.md` 8.2, 1.1 and its headings, and `settled.md`: a source that is not here does not exist.
OF_CRS = "V01 V02 V03 V04 V06 V07 V08 V09 V11 V12 V14 V15 V17 V18 V19 V21 V23 V26 V27 V29 V32 V33 V34 V35 V36"
OF_OTHERS = "P01 P02 P04 N01 N02 N04 N05"
VIGNETTES = {*OF_CRS.split(), *OF_OTHERS.split()}
TRAPS = {f"T{number}" for number in range(1, 9)}
REQUIREMENTS = {f"R{number}" for number in range(1, 12)}
SECTIONS = {
    "1",
    "1.1",
    "1.2",
    "1.3",
    "2",
    "3",
    "4.1",
    "4.2",
    "6",
    "7.1",
    "7.2",
    "7.3",
    "7.6",
    "8.2",
    "8.3",
    "10.1",
    "10.2",
}
SETTLED = {f"settled {number}" for number in range(1, 36)}
POINTS = {f"10.1({number})" for number in range(1, 11)} | {f"7.6({number})" for number in range(1, 7)}
PROPOSAL = {"[P]"}  # a choice of ours, described in the rule set, to be signed
KNOWN = VIGNETTES | TRAPS | REQUIREMENTS | SECTIONS | SETTLED | POINTS | PROPOSAL
SEVERAL = re.compile(r"[,;] *(?=[VPNTR]?\d|settled )")
# A word may say more about a place: `4.1 chart`.
PLACE = re.compile(r"(settled \d+|\[P\]|[\w.()]+)")

ROWS = [(path.name, row) for path in sorted(HERE.glob("*.md")) for row in read_table(path.name) if "source" in row]


@pytest.mark.parametrize("table", sorted({name for name, _ in ROWS}))
def test_every_row_names_its_source(table):
    wrong = {row["situation"]: row["source"] for name, row in ROWS if name == table and not _exists(row["source"])}

    assert wrong == {}


def _exists(source: str) -> bool:
    places = [PLACE.match(one) for one in SEVERAL.split(source)]
    return all(place is not None and place[1] in KNOWN for place in places)


def test_every_published_vignette_has_its_row():
    cited = {one for _, row in ROWS for one in SEVERAL.split(row["source"])}

    assert cited >= VIGNETTES | TRAPS


@pytest.mark.parametrize("table", sorted({name for name, _ in ROWS if name.startswith(("crs_", "icans_"))}))
def test_a_row_is_found_by_its_situation(table):
    names = [row["situation"] for name, row in ROWS if name == table]

    assert len(names) == len(set(names))


def test_there_are_enough_rows_to_sign():
    assert len(ROWS) >= 250
