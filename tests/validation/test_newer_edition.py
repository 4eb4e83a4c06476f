"""Modules, usages, types and nesting of our tables against those of a newer edition.

The newer ones are the JSON files that come with highdicom; they are read as data.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from iodkit.attributes.tables import Include, tables_for

pytestmark = pytest.mark.referee

# Usages that differ, and why ours stay.
USAGES = {
    ("rtbeamstreatmentrecord", "rtbeamssessionrecord"): "2024e has M, as ours; C since 2025",
    ("rtbeamstreatmentrecord", "rtbeamssalvagerecord"): "not in 2024e",
    ("rtionbeamstreatmentrecord", "rtionbeamssessionrecord"): "2024e has M, as ours; C since 2025",
    ("rtionbeamstreatmentrecord", "rtionbeamssalvagerecord"): "not in 2024e",
}
TYPES = {
    "NumericValueQualifierCodeSequence": "3 until 2025; its rule is that of empty measured values",
    "ReferencedBeamNumber": "in RT Radiation Common 1; not in RT Radiation Set",
}
# What ours have besides: older attributes that an object may still have, all optional.
OLDER = {
    "moved to General Acquisition (PS3.3 C.7.10.1)": (
        "AcquisitionDate AcquisitionDateTime AcquisitionNumber AcquisitionTime "
        "ImagesInAcquisition IrradiationEventUID"
    ),
    "moved into sequences of the relation to equipment (PS3.3 10.39)": (
        "PatientSupportAngle TableTopLateralPosition TableTopLongitudinalPosition "
        "TableTopPitchAngle TableTopRollAngle PatientSetupUID ReferencedRTPatientSetupSequence"
    ),
    "retired or replaced since 2020": (
        "AttachedContours ContourOffsetVector ContourSlabThickness EstimatedDoseSaving EthnicGroup "
        "RoboticBaseLocationIndicator TreatmentSites TreatmentTerminationCode ScanningSpotSize "
        "ToleranceTableLabel RadiationDoseValue ReferencedSurfaceMeshIdentificationSequence "
        "ROIObservationDescription ROIObservationLabel"
    ),
    "of content items, which the newer data have of the root only (PS3.3 C.17.3.2)": (
        "ContentSequence ObservationDateTime ObservationStartDateTime ObservationUID"
    ),
    "beside the sequence as well as in it, as until 2020": (
        "ReferencedFrameNumber AnatomicRegionSequence PrimaryAnatomicStructureSequence "
        "TreatmentSiteCodeSequence ReferencedBeamNumber"
    ),
    "moved to Image Plane (PS3.3 C.7.6.2)": "SpacingBetweenSlices",
}
_OLDER = {keyword for text in OLDER.values() for keyword in text.split()}


@cache
def newer(name):
    spec = find_spec("highdicom")
    if spec is None or spec.origin is None:
        pytest.skip("highdicom is not installed")
    return json.loads((Path(spec.origin).parent / "_standard" / name).read_bytes())


def plain(name):
    return name.replace("-", "").lower()


def module_name(key):
    """Groups are written into a module of its own for each IOD; ours has them separately."""
    found = plain(key)
    groups = "multiframefunctionalgroups"
    return groups if found.endswith(groups) and not found.startswith("sparse") else found


def test_modules_and_usages():
    modules = newer("iod_module_map.json")
    found, compared = set(), 0
    for uid, iod in newer("sop_class_iod_map.json").items():
        tables = tables_for(uid)
        if tables is None:
            continue
        ours = {plain(usage.module): usage.usage for usage in tables.iod.modules}
        theirs = {module_name(each["key"]): each["usage"] for each in modules[iod]}
        compared += len(theirs)
        found |= {(plain(iod), m) for m, _ in set(ours.items()) ^ set(theirs.items())}
    assert compared > 2500
    assert found == set(USAGES)


def our_types(tables, rows, path, wanted, out):
    """Collect path → types, as deep as the newer tables go."""
    for row in rows:
        if isinstance(row, Include):
            our_types(tables, tables.macro(row.macro).rows, path, wanted, out)
            continue
        below = (*path, row.keyword)
        out.setdefault(below, set()).add(row.type)
        if below in wanted:
            our_types(tables, row.content, below, wanted, out)


def used_modules():
    """Each module of an IOD once, with tables to find its macros in."""
    seen = {}
    for uid in newer("sop_class_iod_map.json"):
        tables = tables_for(uid)
        for usage in tables.iod.modules if tables is not None else ():
            seen.setdefault(usage.module, tables)
    return seen


def test_types_and_nesting():
    attributes = {plain(key): rows for key, rows in newer("module_attribute_map.json").items()}
    types, missing, older, same = set(), set(), set(), 0
    for module, tables in used_modules().items():
        theirs = {}
        for row in attributes.get(plain(module), ()):
            theirs.setdefault((*row["path"], row["keyword"]), set()).add(row["type"])
        ours = {}
        above = {path[:-1] for path in theirs if len(path) > 1}
        our_types(tables, tables.module(module).rows, (), above, ours)
        for path in theirs.keys() | ours.keys() if theirs else ():
            if any(path[:n] not in ours or path[:n] not in theirs for n in range(1, len(path))):
                continue
            one, other = ours.get(path, set()), theirs.get(path, set())
            same += bool(one & other)
            if one and other and not one & other:
                types.add(path[-1])
            elif not one:
                missing.add((module, ".".join(path)))
            elif not other:
                older.add(path[-1])
                optional = one <= {"3"} or path[0] in {"ContentSequence", *_OPEN}
                assert optional, f"{module} requires {path}"
    assert same > 50_000
    assert not missing
    assert types == set(TYPES)
    assert older == _OLDER


_OPEN = {"AcquisitionContextSequence", "DefinitionSourceSequence"}
