"""dcmqi reads a report that follows TID 1500, made of items alone."""

import json
import subprocess

import pytest
from pydicom.dataset import Dataset

import referees
from iodkit import sr
from iodkit_sr._cases import _evidence as evidence

pytestmark = pytest.mark.referee

SEGMENTATION = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.826.0.1.3680043.10.9")
TUMOR = sr.CodedConcept("108369006", "SCT", "Tumor")
LIVER = sr.CodedConcept("10200004", "SCT", "Liver")
VOLUME = sr.CodedConcept("118565006", "SCT", "Volume")
MM3 = sr.CodedConcept("mm3", "UCUM", "cubic millimeter")
CONTAINS, CONTEXT, MODIFIER = "CONTAINS", "HAS OBS CONTEXT", "HAS CONCEPT MOD"


def dcm(value, meaning):
    return sr.CodedConcept(value, "DCM", meaning)


def container(name, *items, relationship=CONTAINS, template=None):
    found = sr.ContainerContentItem(name, True, template, relationship)
    found.ContentSequence = sr.ContentSequence(items)
    return found


def group(image):
    site = sr.CodedConcept("363698007", "SCT", "Finding Site")
    series = dcm("121232", "Source series for segmentation")
    return container(
        dcm("125007", "Measurement Group"),
        sr.TextContentItem(dcm("112039", "Tracking Identifier"), "Lesion 1", CONTEXT),
        sr.UIDRefContentItem(dcm("112040", "Tracking Unique Identifier"), "1.2.3.4", CONTEXT),
        sr.CodeContentItem(dcm("121071", "Finding"), TUMOR, CONTAINS),
        sr.ImageContentItem(dcm("121191", "Referenced Segment"), *SEGMENTATION, None, 1, CONTAINS),
        sr.UIDRefContentItem(series, image.SeriesInstanceUID, CONTAINS),
        sr.CodeContentItem(site, LIVER, CONTAINS),
        sr.NumContentItem(VOLUME, 12.5, MM3, relationship_type=CONTAINS),
        template="1411",
    )


def content(image):
    english = sr.CodedConcept("eng", "RFC5646", "English")
    procedure = sr.CodedConcept("25045-6", "LN", "CT unspecified body region")
    source = sr.CodedConcept("260753009", "SCT", "Source")
    person = sr.PersonObserverIdentifyingAttributes("Doe^Jane")
    reference = sr.ImageContentItem(
        source, image.SOPClassUID, image.SOPInstanceUID, relationship_type=CONTAINS
    )
    return container(
        dcm("126000", "Imaging Measurement Report"),
        sr.CodeContentItem(dcm("121049", "Language"), english, MODIFIER),
        *sr.ObserverContext(dcm("121006", "Person"), person),
        sr.CodeContentItem(dcm("121058", "Procedure reported"), procedure, MODIFIER),
        container(dcm("111028", "Image Library"), reference, template="1600"),
        container(dcm("126010", "Imaging Measurements"), group(image)),
        relationship=None,
        template="1500",
    )


def test_tid1500reader_finds_what_was_written(tmp_path):
    images = evidence()
    segmentation = Dataset()
    segmentation.SOPClassUID, segmentation.SOPInstanceUID = SEGMENTATION
    segmentation.StudyInstanceUID = images[0].StudyInstanceUID
    segmentation.SeriesInstanceUID = "1.2.3.9"
    document = sr.ComprehensiveSR([*images, segmentation], content(images[0]), is_complete=True)
    path, out = tmp_path / "report.dcm", tmp_path / "report.json"
    document.save_as(path)
    referees.assert_valid(path)
    command = [referees.program("tid1500reader", "dcmqi"), "--inputDICOM", str(path)]
    result = subprocess.run(
        [*command, "--outputMetadata", str(out)], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    found = json.loads(out.read_text())
    (measured,) = found["Measurements"]
    (item,) = measured["measurementItems"]
    assert found["CompletionFlag"] == "COMPLETE"
    assert found["observerContext"]["PersonObserverName"] == "Doe^Jane"
    assert found["procedureReported"]["CodeValue"] == "25045-6"
    assert measured["TrackingIdentifier"] == "Lesion 1"
    assert measured["Finding"]["CodeValue"] == TUMOR.value
    assert measured["FindingSite"]["CodeValue"] == LIVER.value
    assert measured["ReferencedSegment"] == 1
    assert measured["segmentationSOPInstanceUID"] == SEGMENTATION[1]
    assert measured["SourceSeriesForImageSegmentation"] == images[0].SeriesInstanceUID
    assert (item["quantity"]["CodeValue"], item["units"]["CodeValue"]) == (VOLUME.value, "mm3")
    assert float(item["value"]) == 12.5
