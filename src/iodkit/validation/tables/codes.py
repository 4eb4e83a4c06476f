"""What the check against the tables of attributes can find."""

from __future__ import annotations

from dataclasses import dataclass

from iodkit.attributes import Severity

__all__ = ["CODES", "Code"]


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding.

    Parameters
    ----------
    code : str
        Its stable name.
    severity : Severity
        How bad it is.
    finds : str
        What it says, as the list of rules does.
    clause : str
        Clause of what all tables have in common; findings name that of the table.
    """

    code: str
    severity: Severity
    finds: str
    clause: str


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

CODES: dict[str, Code] = {
    code: Code(code, severity, finds, clause)
    for code, severity, finds, clause in (
        ("attribute-missing", _E, "absent attributes that the IOD requires", "PS3.5 7.4"),
        ("attribute-empty", _E, "attributes of type 1 and 1C without a value", "PS3.5 7.4.1"),
        (
            "attribute-not-allowed",
            _E,
            "attributes whose condition is not met, and that are there all the same",
            "PS3.5 7.4.2",
        ),
        ("attribute-vr", _E, "values under another VR than that of the dictionary", "PS3.6 6"),
        ("attribute-vm", _E, "more or fewer values than the dictionary allows", "PS3.6 6"),
        ("value-not-enumerated", _E, "values that are none of the Enumerated Values", "PS3.5 7.4"),
        ("value-not-defined", _W, "values that are none of the Defined Terms", "PS3.5 7.4"),
        ("item-count", _E, "sequences of more or fewer items than they may have", "PS3.5 7.5"),
        (
            "frames-not-allowed",
            _E,
            "several frames where the IOD has no attribute for them",
            "PS3.3 A.1.3",
        ),
        ("group-missing", _E, "frames without a functional group", "PS3.3 C.7.6.16"),
        ("group-repeated", _E, "functional groups both shared and per frame", "PS3.3 C.7.6.16.1"),
        ("group-placement", _E, "functional groups where they must not be", "PS3.3 C.7.6.16.1"),
        ("condition-undecided", _I, "conditions on what the object does not say", "PS3.5 7.4.2"),
        ("attribute-unexpected", _I, "attributes of which the IOD knows nothing", "PS3.2 3.11.3"),
        ("iod-retired", _I, "SOP classes that DICOM has retired, with their tables", "PS3.6 A"),
        ("iod-unknown", _I, "SOP classes for which there is no table", "PS3.4 B.5"),
    )
}
