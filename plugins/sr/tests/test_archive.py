"""Every report that is installed opens and exports; large documents stay quick to search."""

import json
from pathlib import Path

import pydicom
import pydicom.data
import pytest
from pydicom.dataelem import RawDataElement

import iodkit as ik
from iodkit import sr
from iodkit_sr._cases import _evidence as evidence
from iodkit_sr.rules.relationships import check_relationships

FINDING = sr.CodedConcept("121071", "DCM", "Finding")
LENGTH = sr.CodedConcept("410668003", "SCT", "Length")
MM = sr.CodedConcept("mm", "UCUM", "millimeter")


def installed_reports():
    """Files of pydicom, and of pydicom-data where it is installed, that are documents."""
    folders = [Path(pydicom.data.__file__).parent / "test_files"]
    try:
        import data_store
    except ImportError:
        pass
    else:
        folders += map(Path, data_store.__path__)
    for path in sorted({path for folder in folders for path in folder.rglob("*")}):
        if path.suffix.lower() in {"", ".dcm"} and path.is_file():
            try:
                header = pydicom.dcmread(path, specific_tags=["SOPClassUID"], force=True)
                entry = ik.registry.lookup(str(header.get("SOPClassUID", "")))
            except Exception:  # noqa: BLE001 - broken on purpose, or no DICOM file at all
                continue
            if entry is not None and entry.family in {"sr", "ko"}:
                yield path


REPORTS = list(installed_reports())


def test_there_are_some():
    assert len(REPORTS) >= 3


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.name)
def test_installed_reports(path):
    document = sr.srread(path)
    assert isinstance(document, sr.SRDocument)
    assert len(document.to_text().splitlines()) >= len(document.tree)
    assert document.to_html().startswith("<!DOCTYPE html>")
    assert len(document.to_columns()["path"]) == len(document.tree)
    json.loads(document.tree.to_json())
    for fault in check_relationships(document):
        assert document[fault.path.split("[")[0]]
    document.get_evidence()
    for node in document.tree:
        assert node.target.path
        assert node.item.get("ValueType", "") == node.value_type


def test_a_hundred_thousand_items():
    below = [
        sr.NumContentItem(LENGTH, number / 8, MM, relationship_type="CONTAINS")
        for number in range(99)
    ]
    below.append(sr.TextContentItem(FINDING, "the hundredth", "CONTAINS"))
    root = sr.ContainerContentItem(FINDING)
    root.ContentSequence = sr.ContentSequence(below)
    document = sr.ComprehensiveSR(evidence(), root)
    raw = document.get_item("ContentSequence")
    many = raw.value * 1000
    document[0x0040A730] = raw._replace(value=many, length=len(many))
    assert len(document.tree) == 100_001
    texts = document.tree.select(FINDING, "TEXT")
    assert len(texts) == 1000
    assert texts[-1].path == "1.100000"
    assert sum(document.tree.select(LENGTH, "NUM").values) == 1000 * sum(range(99)) / 8
    assert isinstance(document.get_item("ContentSequence"), RawDataElement)
    assert texts[-1].item.TextValue == "the hundredth"
