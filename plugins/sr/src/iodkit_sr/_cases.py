"""Cases for the conformance kit."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataset import Dataset

from iodkit.coding import CodedConcept
from iodkit.context import defaults
from iodkit.testing import phantom
from iodkit.testing.conformance import BadCall, ConformanceCase
from iodkit_sr import value_types as vt
from iodkit_sr.constraints.tables import CONSTRAINTS
from iodkit_sr.document import SRDocument
from iodkit_sr.sop import BasicTextSR, Comprehensive3DSR, ComprehensiveSR, EnhancedSR, ExtensibleSR

if TYPE_CHECKING:
    from collections.abc import Callable

    from iodkit_sr.constraints.model import Constraints
    from iodkit_sr.sop import _NewDocument

__all__ = [
    "basic_text",
    "comprehensive",
    "comprehensive_3d",
    "enhanced",
    "example_content",
    "example_item",
    "extensible",
    "radiation_dose",
]

_NAME = CodedConcept("121071", "DCM", "Finding")
_VALUE = CodedConcept("10200004", "SCT", "Liver")
_MM = CodedConcept("mm", "UCUM", "millimeter")
_CLASSES: dict[str, type[_NewDocument]] = {
    str(cls._sop_class_uid): cls
    for cls in (BasicTextSR, EnhancedSR, ComprehensiveSR, Comprehensive3DSR, ExtensibleSR)
}
_ALLOWED = (
    # dciodvfy wants coordinates to have nothing but what they are selected from; the tables of
    # A.35 allow HAS CONCEPT MOD below any type.
    "CoordinatesContentItemHasIncorrectRelationshipChildContentItem",
    # dciodvfy does not know Extensible SR.
    "Information Object Not found",
)
_WAVEFORM = ("1.2.840.10008.5.1.4.1.1.9.1.1", "1.2.826.0.1.3680043.10.1.1")
_COMPOSITE = ("1.2.840.10008.5.1.4.1.1.11.1", "1.2.826.0.1.3680043.10.1.2")


def example_item(kind: str, relationship: str, image: Any) -> vt.ContentItem:
    """Make an item of a value type.

    Parameters
    ----------
    kind : str
        Value type.
    relationship : str
        Relationship type.
    image : pydicom.Dataset
        Image to refer to.

    Returns
    -------
    ContentItem
        The item; coordinates have the items that they are selected from below them.
    """
    ref = (image.SOPClassUID, image.SOPInstanceUID)
    square = np.array([[0, 0, 1], [9, 0, 1], [9, 9, 1], [0, 9, 1], [0, 0, 1]], float)
    frame = image.FrameOfReferenceUID
    makers: dict[str, Callable[[], vt.ContentItem]] = {
        "CODE": lambda: vt.CodeContentItem(_NAME, _VALUE, relationship),
        "COMPOSITE": lambda: vt.CompositeContentItem(_NAME, *_COMPOSITE, relationship),
        "CONTAINER": lambda: vt.ContainerContentItem(_NAME, False, None, relationship),
        "DATE": lambda: vt.DateContentItem(_NAME, "20260102", relationship),
        "DATETIME": lambda: vt.DateTimeContentItem(_NAME, "20260102030405", relationship),
        "IMAGE": lambda: vt.ImageContentItem(_NAME, *ref, relationship_type=relationship),
        "NUM": lambda: vt.NumContentItem(_NAME, 1.25, _MM, None, relationship),
        "PNAME": lambda: vt.PnameContentItem(_NAME, "Doe^Jane", relationship),
        "SCOORD": lambda: vt.ScoordContentItem(
            _NAME, "POLYLINE", square[:, :2], relationship_type=relationship
        ),
        "SCOORD3D": lambda: vt.Scoord3DContentItem(
            _NAME, "POLYGON", square, frame, None, relationship
        ),
        "TCOORD": lambda: vt.TcoordContentItem(
            _NAME, "SEGMENT", [1, 9], relationship_type=relationship
        ),
        "TEXT": lambda: vt.TextContentItem(_NAME, "Text: größer\nзаметка", relationship),
        "TIME": lambda: vt.TimeContentItem(_NAME, "030405", relationship),
        "UIDREF": lambda: vt.UIDRefContentItem(_NAME, "1.2.3", relationship),
        "WAVEFORM": lambda: vt.WaveformContentItem(_NAME, *_WAVEFORM, (1, 1), relationship),
    }
    item = makers[kind]()
    if kind in {"SCOORD", "TCOORD"}:
        source = example_item("IMAGE", "SELECTED FROM", image)
        item.ContentSequence = vt.ContentSequence([source])
    return item


def example_content(constraints: Constraints, image: Any, step: int = 1) -> vt.ContainerContentItem:
    """Make content with every item that an IOD allows, below every item that it allows it.

    Parameters
    ----------
    constraints : Constraints
        Those of the IOD.
    image : pydicom.Dataset
        Image to refer to.
    step : int, optional
        Take every combination, or every second one, ...

    Returns
    -------
    ContainerContentItem
        The root.
    """
    root = vt.ContainerContentItem(CodedConcept("126000", "DCM", "Imaging Measurement Report"))
    below: list[vt.ContentItem] = []
    # Tables are read, as plain items, and not made.
    for source in sorted(constraints.value_types - {"TABLE"}):
        holder = example_item(source, "CONTAINS", image)
        nested = [
            example_item(target, relationship, image)
            for each, relationship, target in sorted(constraints.allowed)[::step]
            if each == source and target != "TABLE"
        ]
        if nested:
            holder.ContentSequence = vt.ContentSequence(nested)
        below.append(holder)
    root.ContentSequence = vt.ContentSequence(below)
    return root


def _evidence() -> list[Any]:
    images: list[Any] = list(phantom.ct_series(2, 8, 8))
    for sop_class, instance in (_WAVEFORM, _COMPOSITE):
        other = Dataset()
        other.SOPClassUID, other.SOPInstanceUID = sop_class, instance
        other.StudyInstanceUID = images[0].StudyInstanceUID
        other.SeriesInstanceUID = f"{instance}.1"
        images.append(other)
    return images


def _inputs(uid: str, transfer_syntax: str) -> dict[str, Any]:
    evidence = _evidence()
    return {
        "evidence": evidence,
        # The IOD without restrictions has more than a thousand combinations.
        "content": example_content(CONSTRAINTS[uid], evidence[0], 11 if uid.endswith(".35") else 1),
        "manufacturer": "iodkit",
        "manufacturer_model_name": "Conformance",
        "software_versions": "1",
        "device_serial_number": "1",
        "is_complete": True,
        "is_verified": True,
        "verifying_observer_name": "Doe^Jane",
        "verifying_organization": "Clinic",
        "transfer_syntax_uid": transfer_syntax,
    }


def _bad_calls(uid: str) -> tuple[BadCall, ...]:
    orphan = vt.ContainerContentItem(_NAME)
    orphan.ContentSequence = vt.ContentSequence(
        [vt.CompositeContentItem(_NAME, "1.2.3", "1.2.4", "CONTAINS")]
    )
    wrong = vt.ContainerContentItem(_NAME)
    wrong.ContentSequence = vt.ContentSequence(
        [vt.ContainerContentItem(_NAME, relationship_type="CONTAINS")]
    )
    wrong.ContentSequence[0].ContentSequence = vt.ContentSequence(
        [vt.TextContentItem(_NAME, "text", "CONTAINS")]
    )
    text = wrong.ContentSequence[0].ContentSequence[0]
    text.ContentSequence = vt.ContentSequence([vt.TextContentItem(_NAME, "below", "CONTAINS")])
    # The one IOD that allows items of any kind below texts has no such thing.
    forbidden = () if uid.endswith(".35") else (BadCall("1.1.1.1", {"content": wrong}),)
    return (
        *forbidden,
        BadCall("evidence", {"evidence": []}),
        BadCall("content", {"content": "text"}),
        BadCall("ValueType", {"content": vt.TextContentItem(_NAME, "text")}),
        BadCall("evidence", {"content": orphan}),
        BadCall("verifying_observer_name", {"verifying_observer_name": None}),
    )


def _cases(uid: str) -> list[ConformanceCase]:
    """Content with everything that the IOD allows, in both encodings."""
    cls = _CLASSES[uid]
    return [
        ConformanceCase(
            f"{cls.__name__}, {name}", cls, partial(_inputs, uid, syntax), _bad_calls(uid), _ALLOWED
        )
        for name, syntax in (
            ("explicit VR", "1.2.840.10008.1.2.1"),
            ("implicit VR", "1.2.840.10008.1.2"),
        )
    ]


def basic_text() -> list[ConformanceCase]:
    """Make the cases of basic text reports."""
    return _cases("1.2.840.10008.5.1.4.1.1.88.11")


def enhanced() -> list[ConformanceCase]:
    """Make the cases of enhanced reports."""
    return _cases("1.2.840.10008.5.1.4.1.1.88.22")


def comprehensive() -> list[ConformanceCase]:
    """Make the cases of comprehensive reports."""
    return _cases("1.2.840.10008.5.1.4.1.1.88.33")


def comprehensive_3d() -> list[ConformanceCase]:
    """Make the cases of comprehensive 3d reports."""
    return _cases("1.2.840.10008.5.1.4.1.1.88.34")


def extensible() -> list[ConformanceCase]:
    """Make the cases of extensible reports."""
    return _cases("1.2.840.10008.5.1.4.1.1.88.35")


def _dose_report() -> dict[str, Any]:
    uid = "1.2.840.10008.5.1.4.1.1.88.22"
    inputs = _inputs(uid, "1.2.840.10008.1.2.1")
    image = inputs["evidence"][0]
    root = vt.ContainerContentItem(CodedConcept("113701", "DCM", "X-Ray Radiation Dose Report"))
    kinds = ("CODE", "CONTAINER", "DATETIME", "NUM", "PNAME", "TEXT", "UIDREF")
    root.ContentSequence = vt.ContentSequence(
        [example_item(kind, "CONTAINS", image) for kind in kinds]
    )
    inputs["content"] = root
    inputs |= {"series_instance_uid": "1.2.3", "sop_instance_uid": "1.2.3.4"}
    with defaults(clock=lambda: dt.datetime(2026, 1, 2, 3, 4, 5)):
        report = EnhancedSR(**inputs)
    report.SOPClassUID = "1.2.840.10008.5.1.4.1.1.88.67"
    meta: Any = report.file_meta
    meta.MediaStorageSOPClassUID = report.SOPClassUID
    return {"dataset": report}


def radiation_dose() -> list[ConformanceCase]:
    """Make the case of documents that are read, and not created."""
    bad = (BadCall("dataset", {"dataset": None}),)
    return [ConformanceCase("radiation dose", SRDocument.from_dataset, _dose_report, bad, _ALLOWED)]
