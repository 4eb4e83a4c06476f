from __future__ import annotations

import copy
import operator
import pickle
import subprocess
import sys
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sr.codedict import codes as pydicom_codes
from pydicom.sr.coding import Code
from pydicom.uid import ExplicitVRLittleEndian

from iodkit.coding import CodedConcept, to_code, to_codes
from iodkit.errors import InvalidTypeError, InvalidValueError, MissingAttributeError

LIVER = CodedConcept("10200004", "SCT", "Liver")


def item(**values: str) -> Dataset:
    dataset = Dataset()
    dataset.update(values)
    return dataset


def test_short_codes() -> None:
    code = CodedConcept("X" * 16, "99ACME", "Meaning", "1.0")
    assert code.CodeValue == code.value == "X" * 16
    assert code.scheme_designator == code.CodingSchemeDesignator == "99ACME"
    assert code.meaning == code.CodeMeaning == "Meaning"
    assert code.scheme_version == code.CodingSchemeVersion == "1.0"
    assert LIVER.scheme_version is None
    assert "CodingSchemeVersion" not in LIVER


@pytest.mark.parametrize(
    ("value", "keyword"),
    [
        ("X" * 17, "LongCodeValue"),
        ("urn:oid:1.2.3", "URNCodeValue"),
        ("https://x.y/z", "URNCodeValue"),
        ("http://example.org/a/long/address", "URNCodeValue"),
        ("a:b", "CodeValue"),
    ],
)
def test_which_attribute_holds_the_value(value: str, keyword: str) -> None:
    code = CodedConcept(value, "99ACME", "Meaning")
    assert code[keyword].value == code.value == value
    held = {k for k in ("CodeValue", "LongCodeValue", "URNCodeValue") if k in code}
    assert held == {keyword}


@pytest.mark.parametrize(
    ("arguments", "attribute"),
    [
        (("", "SCT", "Liver"), "CodeValue"),
        (("1", "", "Liver"), "CodingSchemeDesignator"),
        (("1", "S" * 17, "Liver"), "CodingSchemeDesignator"),
        (("1", "SCT", ""), "CodeMeaning"),
        (("1", "SCT", "L" * 65), "CodeMeaning"),
        (("1", "SCT", "Liver", "v" * 17), "CodingSchemeVersion"),
        (("a\\b", "SCT", "Liver"), "CodeValue"),
    ],
)
def test_wrong_values(arguments: tuple[str, ...], attribute: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        CodedConcept(*arguments)
    assert caught.value.attribute == attribute


def test_equality_is_that_of_the_code() -> None:
    assert CodedConcept("10200004", "SCT", "Foie") == LIVER
    assert CodedConcept("10200004", "SCT", "Liver", "2020") != LIVER
    assert CodedConcept("10200004", "99ACME", "Liver") != LIVER
    assert CodedConcept("10200005", "SCT", "Liver") != LIVER
    for other in (None, "10200004", 1, (), ("10200004", "SCT", "Liver"), Dataset()):
        assert other != LIVER
        assert other != LIVER


def test_equality_with_codes_of_pydicom_and_plain_items() -> None:
    plain = item(CodeValue="10200004", CodingSchemeDesignator="SCT", CodeMeaning="LIVER")
    for same in (pydicom_codes.SCT.Liver, plain):
        assert operator.eq(LIVER, same)
        assert operator.eq(same, LIVER)
        assert not operator.ne(LIVER, same)
        assert not operator.ne(same, LIVER)
    for other in (pydicom_codes.SCT.Kidney, item(CodeValue="1", CodingSchemeDesignator="SCT")):
        assert operator.ne(LIVER, other)
        assert operator.ne(other, LIVER)


def test_retired_snomed_codes_equal_their_successors() -> None:
    retired = CodedConcept("T-62000", "SRT", "Liver")
    assert retired == LIVER == retired
    assert retired == pydicom_codes.SCT.Liver
    assert pydicom_codes.SCT.Liver == retired
    assert retired == Code("T-62000", "SRT", "x")
    assert hash(retired) == hash(LIVER) == hash(pydicom_codes.SCT.Liver)
    assert CodedConcept("T-62000", "SRT", "Liver", "1") != LIVER
    assert CodedConcept("no-such", "SRT", "x") != LIVER
    assert len({retired, LIVER, pydicom_codes.SCT.Liver}) == 1


parts = st.sampled_from(["10200004", "T-62000", "64033007", "T-71000", "x"])
schemes = st.sampled_from(["SCT", "SRT", "99ACME"])
versions = st.sampled_from([None, "1"])
codes = st.builds(Code, parts, schemes, st.just("m"), versions)


@settings(deadline=None, max_examples=200)
@given(codes, codes)
def test_equality_and_hash_agree_with_pydicom(one: Code, two: Code) -> None:
    first, second = to_code(one), to_code(two)
    assert (first == second) is (one == two)
    assert (first == two) is (one == two) is (one == second)
    if first == second:
        assert hash(first) == hash(second)


@pytest.mark.parametrize(
    "way",
    [
        copy.copy,
        copy.deepcopy,
        lambda c: pickle.loads(pickle.dumps(c)),
        lambda c: CodedConcept.from_json(c.to_json()),
        CodedConcept.from_dataset,
        CodedConcept.from_code,
        to_code,
    ],
)
def test_copies(way) -> None:
    code = CodedConcept("1", "99ACME", "One", "2")
    twin = way(code)
    assert type(twin) is CodedConcept
    assert twin is not code
    assert twin.to_json() == code.to_json()


def test_converting_keeps_further_attributes_and_shares_nothing() -> None:
    code = CodedConcept("1", "99ACME", "One")
    code.ContextIdentifier = "7150"
    twin = to_code(code)
    assert twin.ContextIdentifier == "7150"
    twin.CodeMeaning = "Other"
    assert code.meaning == "One"
    basic = to_code(LIVER)
    basic.CodeMeaning = "Other"
    assert LIVER.meaning == "Liver"


def test_conversion() -> None:
    for code in (pydicom_codes.SCT.Liver, ("10200004", "SCT", "Liver"), LIVER):
        assert to_code(code).to_json() == LIVER.to_json()
    assert to_code(Code("1", "2", "3", "4")).scheme_version == "4"
    assert to_codes([pydicom_codes.SCT.Liver, LIVER]) == [LIVER, LIVER]
    for wrong in ("10200004", None, 1, ("a", "b"), ["10200004", "SCT", "Liver"]):
        with pytest.raises(InvalidTypeError) as caught:
            to_code(wrong, "finding")  # type: ignore[arg-type]
        assert caught.value.attribute == "finding"
    for one in (pydicom_codes.SCT.Liver, LIVER, "abc", None):
        with pytest.raises(InvalidTypeError):
            to_codes(one)


def test_incomplete_items() -> None:
    complete = {"CodeValue": "1", "CodingSchemeDesignator": "SCT", "CodeMeaning": "x"}
    assert CodedConcept.from_dataset(item(**complete)).value == "1"
    for keyword in complete:
        with pytest.raises(MissingAttributeError) as caught:
            CodedConcept.from_dataset(item(**{k: v for k, v in complete.items() if k != keyword}))
        assert caught.value.attribute == keyword
    with pytest.raises(InvalidValueError, match="more than one"):
        CodedConcept.from_dataset(item(LongCodeValue="x" * 20, **complete))
    urn = CodedConcept.from_dataset(item(URNCodeValue="urn:oid:1.2", CodeMeaning="x"))
    assert (urn.value, urn.scheme_designator) == ("urn:oid:1.2", "")


def test_repr() -> None:
    assert repr(LIVER) == "CodedConcept('10200004', 'SCT', 'Liver')"
    assert eval(repr(LIVER)) == LIVER
    assert "Code Meaning" in str(LIVER)


def test_in_a_file() -> None:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.ConceptNameCodeSequence = [CodedConcept("1" * 20, "99ACME", "Größe", "v")]
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=False)
    stream.seek(0)
    again = dcmread(stream, force=True)
    assert again.ConceptNameCodeSequence == dataset.ConceptNameCodeSequence
    code = CodedConcept.from_dataset(again.ConceptNameCodeSequence[0])
    assert code.meaning == "Größe"
    assert code.value == "1" * 20


def test_large_tables_are_loaded_for_retired_codes_only() -> None:
    script = """
import sys
from iodkit.coding import CodedConcept, codes, to_code
a, b = CodedConcept("1", "SCT", "x"), to_code(("1", "SCT", "y"))
assert a == b and len({a, b}) == 1 and a != CodedConcept("2", "SCT", "x") and repr(codes)
assert not [m for m in sys.modules if m.startswith("pydicom.sr")], "loaded too early"
assert CodedConcept("T-62000", "SRT", "x") == CodedConcept("10200004", "SCT", "x")
assert "pydicom.sr._snomed_dict" in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True)
