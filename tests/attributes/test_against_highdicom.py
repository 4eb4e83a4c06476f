"""Types and usages against the tables that highdicom carries as data, of a newer edition."""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from iodkit.attributes.tables import Include, tables_for
from iodkit.attributes.tables.reading import read_module_table

pytestmark = pytest.mark.referee

DEPTH = 4
# Ours goes by the type of the value, where they list all macros one after the other.
OURS = {"SRDocumentContent"}
# Path, our type, theirs: who is right, by the clause.
KNOWN_TYPES = {
    # 1C in editions that say when; the condition cannot be decided from the object.
    ("OphthalmicPhotographicParameters", "LightPathFilterPassThroughWavelength"): ("3", "1C"),
    ("OphthalmicPhotographicParameters", "ImagePathFilterPassBand"): ("3", "1C"),
    # The origin of overlays need not be said: PS3.3 C.9.3 gives the value if it is absent.
    ("MultiFrameOverlay", "ImageFrameOrigin"): ("3", "1C"),
    # Of the retired overlay of the ultrasound module.
    ("USImage", "OverlaySubtype"): ("3", "1C"),
    # As of 2020; since then on a condition that our tables do not have.
    ("RTImage", "ExposureSequence.BeamLimitingDeviceSequence.LeafJawPositions"): ("1", "1C"),
}
FAMILIES = re.compile(
    r"Image$|SR$|Segmentation$|ParametricMap|PresentationState$|Annotations$|KeyObject"
)


@pytest.fixture(scope="module")
def theirs():
    try:
        home = distribution("highdicom")
    except PackageNotFoundError:
        pytest.skip("highdicom is not installed")
    folder = Path(str(home.locate_file("highdicom/_standard")))
    names = ("sop_class_iod_map", "iod_module_map", "module_attribute_map")
    return [json.loads((folder / f"{name}.json").read_bytes()) for name in names]


def plain(name):
    return re.sub(r"[^a-z0-9]", "", name.lower())


def usages(entries):
    found = {plain(entry["key"]): entry["usage"] for entry in entries}
    # They have a module of functional groups for each IOD.
    groups = "multiframefunctionalgroups"
    return {groups if name.endswith(groups) else name: usage for name, usage in found.items()}


def known_iods(theirs):
    classes, modules, _ = theirs
    found = {}
    for uid, name in classes.items():
        tables = tables_for(uid)
        if tables is not None and FAMILIES.search(tables.iod.keyword):
            found[tables.iod.keyword] = (tables.iod, usages(modules[name]))
    return found


def test_usages(theirs):
    iods = known_iods(theirs)
    assert len(iods) > 60
    differences = {}
    for keyword, (iod, wanted) in iods.items():
        ours = {plain(usage.module): usage.usage for usage in iod.modules}
        for module in sorted({*ours, *wanted}):
            if ours.get(module) != wanted.get(module):
                differences[keyword, module] = (ours.get(module), wanted.get(module))
    assert differences == {}


def flat(rows, path=()):
    for row in rows:
        if isinstance(row, Include):
            table = read_module_table(f"iodkit.standard:tables/macros/{row.macro}.json")
            yield from flat(table.rows, path)
            continue
        yield (*path, row.keyword), row.type
        if len(path) + 1 < DEPTH:
            yield from flat(row.content, (*path, row.keyword))


def test_types(theirs):
    iods = known_iods(theirs)
    used = {usage.module for iod, _ in iods.values() for usage in iod.modules} - OURS
    wanted = {plain(name): rows for name, rows in theirs[2].items()}
    differences, compared = {}, 0
    for module in sorted(used):
        rows = wanted.get(plain(module), ())
        types = {(*row["path"], row["keyword"]): row["type"] for row in rows}
        table = read_module_table(f"iodkit.standard:tables/modules/{module}.json")
        for path, ours in flat(table.rows):
            if path in types:
                compared += 1
                if ours != types[path]:
                    differences[module, ".".join(path)] = (ours, types[path])
    assert compared > 10_000
    assert differences == KNOWN_TYPES
