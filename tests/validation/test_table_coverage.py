"""Every storage SOP class that is in force has tables, and all that they name is there."""

from __future__ import annotations

import json
from importlib import resources

import pydicom
import pytest
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.uid import UID_dictionary

import iodkit as ik
from iodkit.attributes.conditions import parse_condition
from iodkit.attributes.tables import tables_for
from iodkit.attributes.tables.library import _index
from iodkit.validation.tables.usage import contents_of

# Of other standards: DICOS (NEMA IIC 1) and DICONDE (ASTM E2339).
ELSEWHERE = ("1.2.840.10008.5.1.4.1.1.501.", "1.2.840.10008.5.1.4.1.1.601.")
# A directory has no SOP class of its own data set (PS3.3 F.3).
DIRECTORY = "1.2.840.10008.1.3.10"
NESTED = ("attributes", "values", "modules", "groups")


def storage_classes():
    return [
        uid
        for uid, (name, kind, _, retired, _) in UID_dictionary.items()
        if kind == "SOP Class"
        and not retired
        and ("Storage" in name and "Commitment" not in name)
        and "Trial" not in name
        and uid != DIRECTORY
    ]


def test_the_dictionary_has_storage_classes():
    assert len(storage_classes()) > 150


@pytest.mark.parametrize("uid", storage_classes())
def test_storage_classes_in_force_have_tables(uid):
    known = tables_for(uid) is not None
    assert known is not uid.startswith(ELSEWHERE), UID_dictionary[uid][0]


@pytest.mark.parametrize("uid", sorted(_index()))
def test_everything_that_an_iod_names_is_there(uid):
    tables = tables_for(uid)
    modules = tuple(usage.module for usage in tables.iod.modules)
    assert "SOPCommon" in modules
    every = contents_of(tables, modules)
    assert {"SOPClassUID", "SOPInstanceUID"} <= every.keywords
    for usage in tables.iod.groups:
        assert tables.macro(usage.module).rows
    _walk(every, 0)


def _walk(contents, depth):
    """Go through all items, as macros are read when they are met; documents nest without end."""
    for entry in contents.entries.values():
        below = entry.content((True,) * len(entry.definitions))
        if below is not None and depth < 6:
            _walk(below, depth + 1)


@pytest.mark.parametrize("kind", ["modules", "macros", "iods"])
def test_conditions_name_attributes_of_the_dictionary(kind):
    folder = resources.files("iodkit.standard") / "tables" / kind
    unknown = set()
    for file in folder.iterdir():
        rows = [json.loads(file.read_text(encoding="utf-8"))]
        while rows:
            row = rows.pop()
            rows += [each for name in NESTED for each in row.get(name, ())]
            texts = [row.get(name) for name in ("required", "allowed", "if")]
            conditions = [parse_condition(text) for text in texts if isinstance(text, str)]
            operands = [each.path for one in conditions for each in one.operands()]
            unknown |= {word for path in operands for word in path if not tag_for_keyword(word)}
    assert not unknown


def make(keyword, **attributes):
    ds = Dataset()
    ds.SOPClassUID = getattr(pydicom.uid, keyword)
    ds.SOPInstanceUID = "2.25.1"
    for name, value in attributes.items():
        setattr(ds, name, value)
    return ds


def item(**attributes):
    ds = Dataset()
    for name, value in attributes.items():
        setattr(ds, name, value)
    return ds


SPEED = {"CodeValue": "130819", "CodingSchemeDesignator": "DCM", "CodeMeaning": "Dual"}
NEWER = [
    ("DermoscopicPhotographyImageStorage", {"ContactMethod": "CONTACT"}, "ImmersionMedia"),
    ("DermoscopicPhotographyImageStorage", {"TrackingID": "lesion"}, "TrackingUID"),
    (
        "PhotoacousticImageStorage",
        {"AcousticCouplingMediumFlag": "YES"},
        "AcousticCouplingMediumCodeSequence",
    ),
    (
        "PhotoacousticImageStorage",
        {"SoundSpeedCorrectionMechanismCodeSequence": [item(**SPEED)]},
        "SoundSpeedCorrectionMechanismCodeSequence[1].AcousticCouplingMediumSoundSpeed",
    ),
    ("ConfocalMicroscopyImageStorage", {"SamplesPerPixel": 3}, "PlanarConfiguration"),
    ("ConfocalMicroscopyTiledPyramidalImageStorage", {}, "ImagedVolumeWidth"),
    ("EnhancedRTImageStorage", {"StartCumulativeMeterset": 1.0}, "RadiationDosimeterUnitSequence"),
    ("EnhancedContinuousRTImageStorage", {}, "SharedFunctionalGroupsSequence"),
    ("RTTreatmentPreparationStorage", {}, "RTPatientPositionScopeSequence"),
    ("XAPerformedProcedureProtocolStorage", {}, "Modality"),
    ("InventoryStorage", {}, "InventoryCompletionStatus"),
    ("EnhancedXRayRadiationDoseSRStorage", {}, "ValueType"),
    ("RoutineScalpElectroencephalogramWaveformStorage", {}, "WaveformSequence"),
    (
        "VariableModalityLUTSoftcopyPresentationStateStorage",
        {"VariableModalityLUTSequence": [item()]},
        "VariableModalityLUTSequence[1].ReferencedImageSequence",
    ),
]


@pytest.mark.parametrize(("keyword", "attributes", "path"), NEWER)
def test_newer_classes_are_checked(keyword, attributes, path):
    report = ik.validate(make(keyword, **attributes))
    assert [f for f in report.errors if (f.code, f.path) == ("attribute-missing", path)]


def test_height_maps_have_their_own_type():
    ds = make("SegmentationStorage", SegmentationType="BINARY")
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.66.8"
    found = [f for f in ik.validate(ds).errors if f.path == "SegmentationType"]
    assert [f.code for f in found] == ["value-not-enumerated"]
    assert "HEIGHTMAP" in found[0].expected
