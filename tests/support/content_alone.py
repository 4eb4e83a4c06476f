"""Content items of the kernel in use, to be run where no family can be imported."""

import importlib.util
import io
import sys

from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset

import iodkit as ik
from iodkit import content

FAMILIES = ("iodkit_sr", "iodkit_image", "iodkit_seg", "iodkit_ko")


def can_import(name):
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:
        return False


def every_item():
    name = ik.CodedConcept("1", "99ACME", "Name")
    mm = ik.codes.UCUM.Millimeter
    return [
        content.TextContentItem(name, "text"),
        content.CodeContentItem(name, name),
        content.PnameContentItem(name, "Doe^Jane"),
        content.UIDRefContentItem(name, "1.2.3"),
        content.DateContentItem(name, "20200102"),
        content.TimeContentItem(name, "0102"),
        content.DateTimeContentItem(name, "20200102"),
        content.NumericContentItem(name, 1.5, mm),
    ]


def description():
    section, excision = ik.codes.SCT.TissueSection, ik.codes.SCT.Excision
    stain = content.SpecimenStaining([ik.codes.SCT.HematoxylinStain])
    return content.SpecimenDescription(
        specimen_id="S1",
        specimen_uid="1.2.3.4",
        specimen_preparation_steps=[
            content.SpecimenPreparationStep("S1", content.SpecimenCollection(excision), section),
            content.SpecimenPreparationStep("S1", stain, section),
        ],
    )


def stored_and_read():
    """Write items and a specimen, and read them from the bytes."""
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.77.1.6", "1.2.3"
    dataset.AcquisitionContextSequence = every_item()
    dataset.SpecimenDescriptionSequence = [description()]
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return dcmread(io.BytesIO(buffer.getvalue()))


def main():
    assert not any(map(can_import, FAMILIES)), "a family is here"
    read = stored_and_read()
    items = content.ContentSequence.from_sequence(read.AcquisitionContextSequence, is_sr=False)
    for item, made in zip(items, every_item(), strict=True):
        assert type(item) is type(made)
        assert item.value == made.value, (item, made)
    specimen = content.SpecimenDescription.from_dataset(read.SpecimenDescriptionSequence[0])
    first, second = specimen.specimen_preparation_steps
    assert first.processing_procedure.procedure == ik.codes.SCT.Excision
    assert list(second.processing_procedure.substances) == [ik.codes.SCT.HematoxylinStain]
    assert not any(sys.modules.get(name) for name in FAMILIES)
    print("done")


if __name__ == "__main__":
    main()
