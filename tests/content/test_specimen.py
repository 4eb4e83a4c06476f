from __future__ import annotations

import datetime as dt

import pytest
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes as pydicom_codes

from iodkit.coding import CodedConcept, codes
from iodkit.content import (
    CodeContentItem,
    IssuerOfIdentifier,
    NumContentItem,
    SpecimenCollection,
    SpecimenDescription,
    SpecimenPreparationStep,
    SpecimenProcessing,
    SpecimenSampling,
    SpecimenStaining,
    procedures,
    specimen,
    steps,
)
from iodkit.errors import InvalidTypeError, InvalidValueError, MissingAttributeError

SECTION = codes.SCT.TissueSection
DISSECTION = ("433465004", "SCT", "Dissection")


def template_codes() -> list[tuple[str, str, str]]:
    constants = [c for module in (procedures, specimen, steps) for c in vars(module).values()]
    found = [
        c
        for c in constants
        if isinstance(c, tuple) and len(c) == 3 and all(isinstance(v, str) for v in c)
    ]
    found += [code for pair in specimen._OFFSETS for code in pair]
    return sorted(set(found))


@pytest.mark.parametrize("code", template_codes())
def test_codes_of_the_templates(code: tuple[str, str, str]) -> None:
    value, scheme, meaning = code
    known = codes.__getattr__(scheme).find(value).meaning
    same = known.lower().split(" (")[0]
    assert meaning.lower() in {same, same.removeprefix("tissue "), value}


def test_there_are_codes_to_check() -> None:
    assert len(template_codes()) >= 20


def test_collection() -> None:
    found = SpecimenCollection(codes.SCT.Excision)
    assert found.procedure == codes.SCT.Excision
    assert [item.name for item in found] == [pydicom_codes.SCT.SpecimenCollection]


def test_sampling() -> None:
    found = SpecimenSampling(DISSECTION, "P1", SECTION, IssuerOfIdentifier("1.2.3", "ISO"))
    assert found.method == CodedConcept(*DISSECTION)
    assert found.parent_specimen_id == "P1"
    assert found.parent_specimen_type == SECTION
    assert found[2].value == "^1.2.3^ISO"
    assert found.issuer_of_parent_specimen_id == IssuerOfIdentifier("1.2.3", "ISO")
    assert SpecimenSampling(DISSECTION, "P1", SECTION).issuer_of_parent_specimen_id is None


def test_staining_and_processing() -> None:
    found = SpecimenStaining([codes.SCT.HematoxylinStain, "my stain"])
    assert found.substances == [codes.SCT.HematoxylinStain, "my stain"]
    assert SpecimenProcessing("frozen").description == "frozen"
    assert SpecimenProcessing(codes.SCT.SpecimenFreezing).description == codes.SCT.SpecimenFreezing
    for wrong in ("text", codes.SCT.HematoxylinStain, [5]):
        with pytest.raises(InvalidTypeError):
            SpecimenStaining(wrong)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError):
        SpecimenStaining([])


def full_step(procedure=None) -> SpecimenPreparationStep:
    return SpecimenPreparationStep(
        "S1",
        procedure or SpecimenStaining([codes.SCT.HematoxylinStain]),
        "described",
        dt.datetime(2020, 1, 2, 3, 4, 5),
        IssuerOfIdentifier("Lab"),
        codes.SCT.Formalin,
        codes.SCT.ParaffinWax,
        codes.SCT.SpecimenVial if "SpecimenVial" in codes.SCT else ("434746001", "SCT", "Vial"),
        SECTION,
    )


def plain(item: Dataset) -> Dataset:
    return Dataset.from_json(item.to_json())


@pytest.mark.parametrize(
    "way", [lambda s: s, lambda s: SpecimenPreparationStep.from_dataset(plain(s))]
)
def test_full_step(way) -> None:
    step = way(full_step())
    assert step.specimen_id == "S1"
    assert step.processing_type == codes.SCT.Staining
    assert type(step.processing_procedure) is SpecimenStaining
    assert step.processing_procedure.substances == [codes.SCT.HematoxylinStain]
    assert step.processing_description == "described"
    assert step.processing_datetime == dt.datetime(2020, 1, 2, 3, 4, 5)
    assert step.issuer_of_specimen_id == "Lab"
    assert step.fixative == codes.SCT.Formalin
    assert step.embedding_medium == codes.SCT.ParaffinWax
    assert step.specimen_container == CodedConcept("434746001", "SCT", "Vial")
    assert step.specimen_type == SECTION


@pytest.mark.parametrize(
    ("procedure", "kind"),
    [
        (SpecimenCollection(codes.SCT.Excision), codes.SCT.SpecimenCollection),
        (SpecimenSampling(DISSECTION, "P1", SECTION), codes.SCT.SamplingOfTissueSpecimen),
        (SpecimenStaining(["x"]), codes.SCT.Staining),
        (SpecimenProcessing("x"), codes.SCT.SpecimenProcessing),
    ],
)
def test_procedures_of_steps(procedure, kind) -> None:
    step = SpecimenPreparationStep("S1", procedure)
    assert step.processing_type == kind
    again = SpecimenPreparationStep.from_dataset(plain(step))
    assert type(again.processing_procedure) is type(procedure)
    assert again.processing_procedure == procedure
    for optional in (
        step.fixative,
        step.embedding_medium,
        step.processing_datetime,
        step.issuer_of_specimen_id,
        step.specimen_container,
        step.specimen_type,
    ):
        assert optional is None
    procedure[0].ConceptNameCodeSequence[0].CodeMeaning = "changed"
    first = step.SpecimenPreparationStepContentItemSequence[2]
    assert first.ConceptNameCodeSequence[0].CodeMeaning != "changed"


def test_wrong_steps() -> None:
    with pytest.raises(InvalidTypeError):
        SpecimenPreparationStep("S1", [])  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="description already"):
        SpecimenPreparationStep("S1", SpecimenProcessing("x"), "y")
    with pytest.raises(InvalidTypeError):
        SpecimenPreparationStep("S1", SpecimenStaining(["x"]), issuer_of_specimen_id="Lab")
    keyword = "SpecimenPreparationStepContentItemSequence"
    with pytest.raises(MissingAttributeError, match=keyword):
        SpecimenPreparationStep.from_dataset(Dataset())
    step = plain(full_step())
    del step[keyword].value[0]
    with pytest.raises(MissingAttributeError, match="Specimen Identifier"):
        SpecimenPreparationStep.from_dataset(step)


def test_step_of_a_kind_without_procedure() -> None:
    step = SpecimenPreparationStep("S1", SpecimenProcessing("x"))
    del step.SpecimenPreparationStepContentItemSequence[2]
    step.SpecimenPreparationStepContentItemSequence[1] = CodeContentItem(
        codes.DCM.ProcessingType, codes.SCT.SpecimenReceiving
    )
    again = SpecimenPreparationStep.from_dataset(step)
    assert again.processing_type == codes.SCT.SpecimenReceiving
    assert again.processing_procedure is None


@pytest.mark.parametrize("way", [lambda s: s, lambda s: SpecimenDescription.from_dataset(plain(s))])
def test_description(way) -> None:
    step = full_step()
    found = way(
        SpecimenDescription(
            "S1",
            "1.2.3",
            (1.5, 2, -3),
            [step],
            IssuerOfIdentifier("1.2", "ISO"),
            [codes.SCT.Liver],
            SECTION,
            "short",
            "long",
        )
    )
    assert (found.specimen_id, found.specimen_uid) == ("S1", "1.2.3")
    assert found.specimen_location == (1.5, 2.0, -3.0)
    assert found.specimen_preparation_steps == [step]
    assert found.issuer_of_specimen_id == IssuerOfIdentifier("1.2", "ISO")
    assert found.primary_anatomic_structures == [codes.SCT.Liver]
    assert found.specimen_type == SECTION
    assert found.specimen_short_description == "short"
    assert found.specimen_detailed_description == "long"
    located = found.SpecimenLocalizationContentItemSequence
    assert [item.ValueType for item in located] == ["NUMERIC"] * 3
    assert [item.MeasurementUnitsCodeSequence[0].CodeValue for item in located] == [
        "mm",
        "mm",
        "um",
    ]


def test_minimal_description() -> None:
    found = SpecimenDescription("S1", "1.2.3")
    assert found.specimen_preparation_steps == []
    for optional in (
        found.specimen_location,
        found.specimen_type,
        found.specimen_short_description,
        found.specimen_detailed_description,
        found.issuer_of_specimen_id,
        found.primary_anatomic_structures,
    ):
        assert optional is None
    # Both are of type 2: present, though empty (PS3.3 C.7.6.22).
    assert len(found.IssuerOfTheSpecimenIdentifierSequence) == 0
    assert len(found.SpecimenPreparationSequence) == 0
    assert SpecimenDescription("S1", "1.2.3", "left").specimen_location == "left"


def test_location_as_others_write_it() -> None:
    found = SpecimenDescription("S1", "1.2.3")
    found.SpecimenLocalizationContentItemSequence = [
        NumContentItem(CodedConcept(*name), number, CodedConcept(*unit))
        for number, (name, unit) in zip((1, 2, 3), specimen._OFFSETS, strict=True)
    ]
    assert found.specimen_location == (1.0, 2.0, 3.0)


def test_wrong_descriptions() -> None:
    for arguments in (("", "1.2"), ("S" * 65, "1.2"), ("S", "1.02"), ("S", "1.2", (1, 2))):
        with pytest.raises(InvalidValueError):
            SpecimenDescription(*arguments)
    for arguments in (
        {"specimen_preparation_steps": full_step()},
        {"specimen_preparation_steps": [Dataset()]},
        {"issuer_of_specimen_id": "Lab"},
        {"primary_anatomic_structures": codes.SCT.Liver},
        {"specimen_type": "tissue"},
    ):
        with pytest.raises(InvalidTypeError):
            SpecimenDescription("S", "1.2", **arguments)
    with pytest.raises(MissingAttributeError, match="SpecimenIdentifier"):
        SpecimenDescription.from_dataset(Dataset())
