"""Cases for the conformance kit."""

from __future__ import annotations

from functools import partial
from typing import Any

from iodkit.coding import CodedConcept
from iodkit.testing import phantom
from iodkit.testing.conformance import BadCall, ConformanceCase
from iodkit_ko.content import KeyObjectSelection
from iodkit_ko.sop import KeyObjectSelectionDocument
from iodkit_sr.templates.observers import (
    DEVICE,
    PERSON,
    DeviceObserverIdentifyingAttributes,
    ObserverContext,
    PersonObserverIdentifyingAttributes,
)

__all__ = ["key_object_selections"]

_OF_INTEREST = CodedConcept("113000", "DCM", "Of Interest")
_REJECTED = CodedConcept("113001", "DCM", "Rejected for Quality Reasons")
_ARTIFACT = CodedConcept("111207", "DCM", "Image artifact(s)")


def _inputs(*, rejected: bool) -> dict[str, Any]:
    images = list(phantom.ct_series(3, 8, 8))
    if rejected:
        content = KeyObjectSelection(_REJECTED, images[1:], title_modifiers=[_ARTIFACT])
    else:
        content = KeyObjectSelection(
            _OF_INTEREST,
            images,
            ObserverContext(CodedConcept(*PERSON), PersonObserverIdentifyingAttributes("Doe^Jane")),
            ObserverContext(CodedConcept(*DEVICE), DeviceObserverIdentifyingAttributes("1.2.3")),
            "größer",
        )
    return {
        "evidence": images,
        "content": content,
        "manufacturer": "iodkit",
        "manufacturer_model_name": "Conformance",
        "software_versions": "1",
        "device_serial_number": "1",
        "transfer_syntax_uid": "1.2.840.10008.1.2" if rejected else "1.2.840.10008.1.2.1",
    }


def key_object_selections() -> list[ConformanceCase]:
    """Make the cases: a selection of interest, and a rejection.

    Returns
    -------
    list of ConformanceCase
        The cases.
    """
    stranger = phantom.ct_series(1, 8, 8)[0]
    stranger.SOPInstanceUID = "1.2.3.4"
    return [
        ConformanceCase(
            name,
            KeyObjectSelectionDocument,
            partial(_inputs, rejected=rejected),
            (
                BadCall("evidence", {"evidence": []}),
                BadCall("content", {"content": "text"}),
                BadCall("evidence", {"content": KeyObjectSelection(_OF_INTEREST, [stranger])}),
            ),
        )
        for name, rejected in (("of interest", False), ("rejected", True))
    ]
