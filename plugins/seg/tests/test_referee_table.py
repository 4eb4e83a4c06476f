"""Every combination that is written, before every referee; what one cannot read has its reason."""

import os
from itertools import groupby
from pathlib import Path

import pytest

from iodkit.standard.syntaxes import syntax_name
from iodkit_seg.encoding.syntaxes import SYNTAXES
from referees import library
from seg_combinations import KINDS, SOURCES, combinations, write
from seg_referees import GAPS, REFEREES, Unread, gap

PAGE = Path(__file__).parents[3] / "docs/segmentation-referees.md"
ALL_REFEREES = [*REFEREES, "pydicom-seg"]
BEGIN, END = "<!-- begin of the table -->\n", "<!-- end of the table -->\n"


@pytest.fixture(scope="module", params=SOURCES)
def written(request, tmp_path_factory):
    """All combinations of a kind of source, in files."""
    for codec in ("imagecodecs", "openjpeg"):
        library(codec, codec)
    folder = tmp_path_factory.mktemp("combinations")
    out = []
    for number, combination in enumerate(combinations(request.param)):
        path = folder / f"{number:03}.dcm"
        write(combination).save_as(path)
        out.append((path, combination))
    return out


@pytest.mark.referee
@pytest.mark.parametrize("referee", REFEREES)
def test_every_combination(referee, written):
    failures, asked = [], set()
    for path, combination in written:
        known = gap(referee, combination)
        if known is not None:
            # To see that a reason still holds, one file for each transfer syntax is enough.
            question = (known.reason, combination.syntax)
            if not known.is_asked or question in asked:
                continue
            asked.add(question)
        try:
            REFEREES[referee](path, combination)
        except Unread as error:
            if known is None:
                failures.append(f"{combination}: not read: {error}")
        except AssertionError as error:
            failures.append(f"{combination}: {error}")
        else:
            if known is not None:
                failures.append(f"{combination}: is read by now, though: {known.reason}")
    assert not failures, "\n".join([f"{len(failures)} of {len(written)}", *failures[:20]])


def table():
    """For each type and transfer syntax, how many kinds of source each referee reads."""
    head = f"| type | transfer syntax | {' | '.join(ALL_REFEREES)} |"
    lines = [head, "|---" * (len(ALL_REFEREES) + 2) + "|"]
    for kind in KINDS:
        for syntax, rule in SYNTAXES.items():
            if kind.bits not in rule.bits:
                continue
            cells = []
            for referee in ALL_REFEREES:
                gaps = [
                    gap(referee, c)
                    for source in SOURCES
                    for c in combinations(source)
                    if c.kind is kind and c.syntax == str(syntax)
                ]
                notes = sorted({GAPS.index(g) + 1 for g in gaps if g is not None})
                read = gaps.count(None)
                cells.append(" ".join([str(read), *(f"[{note}]" for note in notes)]))
            lines.append(f"| {kind.name} | {syntax_name(syntax)} | {' | '.join(cells)} |")
    notes = [
        f"{number}. {referee}: {found.reason}."
        for referee, group in groupby(enumerate(GAPS, 1), lambda pair: pair[1].referee)
        for number, found in group
    ]
    return "\n".join([*lines, "", *notes]) + "\n"


def test_the_documentation_has_the_table():
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    found, after = rest.split(END)
    if os.environ.get("IODKIT_UPDATE_TABLES"):
        PAGE.write_text(before + BEGIN + table() + END + after)
    assert found == table(), "run this test with IODKIT_UPDATE_TABLES=1"


def test_every_reason_is_for_something():
    written = [c for source in SOURCES for c in combinations(source)]
    assert len(written) == 462
    for each in GAPS:
        found = [c for c in written if gap(each.referee, c) is each]
        assert found, each.reason
