"""The relationship constraints of all SR IODs as data (PS3.3 A.35)."""

from __future__ import annotations

from iodkit_sr.constraints.model import ANY, Constraints, Row
from iodkit_sr.enums import RelationshipTypeValues, ValueTypeValues

__all__ = ["CONSTRAINTS"]

_SIMPLE = "TEXT CODE DATETIME DATE TIME UIDREF PNAME"
_NUMBERED = f"{_SIMPLE} NUM"
_OBJECTS = "COMPOSITE IMAGE WAVEFORM"
_FINDINGS = "TEXT CODE NUM"
_MODIFIED: Row = (ANY, "HAS CONCEPT MOD", "TEXT CODE")
# A container may be observation context, too, as device observers with a UDI have it: so says
# PS3.3 2024e (Table A.35.3-2), and 2020a (Table A.35.13-2) does not yet.  The later edition counts.
_NESTED_CONTEXT: Row = ("CONTAINER", "HAS OBS CONTEXT", "CONTAINER")
_CAD_REFERENCES = frozenset({"INFERRED FROM", "HAS PROPERTIES", "SELECTED FROM"})
_RELATIONSHIPS = frozenset(member.value for member in RelationshipTypeValues)
_EVERYTHING = " ".join(member.value for member in ValueTypeValues if member.value != "NUMERIC")

_BASIC_TEXT = Constraints(
    "Basic Text SR",
    "PS3.3 A.35.1.3.1.2",
    f"{_SIMPLE} {_OBJECTS} CONTAINER",
    (
        ("CONTAINER", "CONTAINS", f"{_SIMPLE} {_OBJECTS} CONTAINER"),
        ("CONTAINER", "HAS OBS CONTEXT", f"{_SIMPLE} COMPOSITE"),
        (f"CONTAINER {_OBJECTS}", "HAS ACQ CONTEXT", _SIMPLE),
        _MODIFIED,
        ("TEXT", "HAS PROPERTIES", f"{_SIMPLE} {_OBJECTS}"),
        ("PNAME", "HAS PROPERTIES", _SIMPLE),
        ("TEXT", "INFERRED FROM", f"{_SIMPLE} {_OBJECTS}"),
    ),
)

_ENHANCED = Constraints(
    "Enhanced SR",
    "PS3.3 A.35.2.3.1.2",
    f"{_NUMBERED} SCOORD TCOORD {_OBJECTS} CONTAINER",
    (
        ("CONTAINER", "CONTAINS", f"{_NUMBERED} SCOORD TCOORD {_OBJECTS} CONTAINER"),
        ("CONTAINER", "HAS OBS CONTEXT", f"{_NUMBERED} COMPOSITE"),
        (f"CONTAINER {_OBJECTS} NUM", "HAS ACQ CONTEXT", _NUMBERED),
        _MODIFIED,
        (_FINDINGS, "HAS PROPERTIES", f"{_NUMBERED} SCOORD TCOORD {_OBJECTS}"),
        ("PNAME", "HAS PROPERTIES", _SIMPLE),
        (_FINDINGS, "INFERRED FROM", f"{_NUMBERED} SCOORD TCOORD {_OBJECTS}"),
        ("SCOORD", "SELECTED FROM", "IMAGE"),
        ("TCOORD", "SELECTED FROM", "SCOORD IMAGE WAVEFORM"),
    ),
)


def _comprehensive(iod: str, clause: str, coordinates: str) -> Constraints:
    """Constraints of the two comprehensive IODs, which differ in their coordinates."""
    everything = f"{_NUMBERED} {coordinates} TCOORD {_OBJECTS} CONTAINER"
    return Constraints(
        iod,
        clause,
        everything,
        (
            ("CONTAINER", "CONTAINS", everything),
            (f"{_FINDINGS} CONTAINER", "HAS OBS CONTEXT", f"{_NUMBERED} COMPOSITE"),
            _NESTED_CONTEXT,
            (f"CONTAINER {_OBJECTS} NUM", "HAS ACQ CONTEXT", f"{_NUMBERED} CONTAINER"),
            _MODIFIED,
            (_FINDINGS, "HAS PROPERTIES", everything),
            ("PNAME", "HAS PROPERTIES", _SIMPLE),
            (_FINDINGS, "INFERRED FROM", everything),
            ("SCOORD", "SELECTED FROM", "IMAGE"),
            ("TCOORD", "SELECTED FROM", f"{coordinates} IMAGE WAVEFORM"),
        ),
        _RELATIONSHIPS - {"CONTAINS", "HAS CONCEPT MOD"},
    )


_EXTENSIBLE = Constraints(
    "Extensible SR",
    "PS3.3 A.35.15.3.1.2",
    _EVERYTHING,
    (
        ("CONTAINER", "CONTAINS", _EVERYTHING),
        *((ANY, other, _EVERYTHING) for other in sorted(_RELATIONSHIPS - {"CONTAINS"})),
    ),
    _RELATIONSHIPS,
)

_KEY_OBJECTS = Constraints(
    "Key Object Selection Document",
    "PS3.3 A.35.4.3.1.2",
    f"TEXT CODE UIDREF PNAME {_OBJECTS} CONTAINER",
    (
        ("CONTAINER", "CONTAINS", f"TEXT {_OBJECTS}"),
        ("CONTAINER", "HAS OBS CONTEXT", "TEXT CODE UIDREF PNAME"),
        ("CONTAINER", "HAS CONCEPT MOD", "CODE"),
    ),
)

_CAD_CONTEXT: Row = (
    f"{_FINDINGS} CONTAINER",
    "HAS OBS CONTEXT",
    "TEXT CODE NUM DATE TIME PNAME UIDREF COMPOSITE",
)
_CAD_MODIFIED: Row = ("CONTAINER CODE NUM COMPOSITE", "HAS CONCEPT MOD", "TEXT CODE")

_MAMMOGRAPHY_CAD = Constraints(
    "Mammography CAD SR",
    "PS3.3 A.35.5.3.1.3",
    "TEXT CODE NUM DATE TIME PNAME SCOORD COMPOSITE IMAGE CONTAINER",
    (
        ("CONTAINER", "CONTAINS", "CODE NUM SCOORD IMAGE CONTAINER TEXT DATE"),
        _CAD_CONTEXT,
        ("IMAGE", "HAS ACQ CONTEXT", "TEXT CODE DATE TIME NUM"),
        _CAD_MODIFIED,
        (_FINDINGS, "HAS PROPERTIES", "CONTAINER TEXT CODE NUM DATE IMAGE SCOORD UIDREF"),
        ("CODE NUM", "INFERRED FROM", "CODE NUM SCOORD CONTAINER TEXT IMAGE"),
        ("SCOORD", "SELECTED FROM", "IMAGE"),
    ),
    _CAD_REFERENCES,
)

_CHEST_CAD = Constraints(
    "Chest CAD SR",
    "PS3.3 A.35.6.3.1.3",
    f"TEXT CODE NUM DATE TIME UIDREF PNAME SCOORD TCOORD {_OBJECTS} CONTAINER",
    (
        ("CONTAINER", "CONTAINS", "CODE NUM IMAGE CONTAINER"),
        _CAD_CONTEXT,
        ("IMAGE WAVEFORM", "HAS ACQ CONTEXT", "TEXT CODE DATE TIME NUM"),
        _CAD_MODIFIED,
        (
            _FINDINGS,
            "HAS PROPERTIES",
            "CONTAINER TEXT CODE NUM DATE IMAGE WAVEFORM SCOORD TCOORD UIDREF",
        ),
        ("CODE NUM", "INFERRED FROM", "CODE NUM IMAGE WAVEFORM SCOORD TCOORD CONTAINER TEXT"),
        ("SCOORD", "SELECTED FROM", "IMAGE"),
        ("TCOORD", "SELECTED FROM", "SCOORD IMAGE WAVEFORM"),
    ),
    _CAD_REFERENCES,
)

_COLON_CAD = Constraints(
    "Colon CAD SR",
    "PS3.3 A.35.10.3.1.3",
    "TEXT CODE NUM DATE TIME UIDREF PNAME SCOORD SCOORD3D TCOORD COMPOSITE IMAGE CONTAINER",
    (
        ("CONTAINER", "CONTAINS", "CODE NUM IMAGE CONTAINER UIDREF DATE TIME"),
        _CAD_CONTEXT,
        ("IMAGE", "HAS ACQ CONTEXT", "TEXT CODE DATE TIME NUM CONTAINER"),
        _CAD_MODIFIED,
        (_FINDINGS, "HAS PROPERTIES", "CONTAINER TEXT CODE NUM DATE IMAGE SCOORD SCOORD3D UIDREF"),
        ("CODE NUM", "INFERRED FROM", "CODE NUM IMAGE SCOORD SCOORD3D CONTAINER TEXT"),
        ("SCOORD", "SELECTED FROM", "IMAGE"),
        ("TCOORD", "SELECTED FROM", "SCOORD SCOORD3D IMAGE WAVEFORM"),
    ),
    frozenset({"INFERRED FROM", "HAS ACQ CONTEXT"}),
)

_PROCEDURE_LOG = Constraints(
    "Procedure Log",
    "PS3.3 A.35.7.3.1.4",
    f"{_NUMBERED} {_OBJECTS} CONTAINER",
    (
        ("CONTAINER", "CONTAINS", f"{_FINDINGS} PNAME {_OBJECTS}"),
        (ANY, "HAS OBS CONTEXT", f"{_FINDINGS} DATETIME UIDREF PNAME"),
        (f"CONTAINER {_OBJECTS}", "HAS ACQ CONTEXT", _NUMBERED),
        _MODIFIED,
        (f"{_NUMBERED} {_OBJECTS}", "HAS PROPERTIES", f"{_FINDINGS} DATETIME UIDREF PNAME"),
        (_FINDINGS, "INFERRED FROM", _OBJECTS),
    ),
)

_DOSE = f"{_FINDINGS} DATETIME UIDREF PNAME"


def _radiation_dose(iod: str, clause: str, documents: str) -> Constraints:
    """Constraints of dose reports; in one of the IODs other documents have context, too."""
    sources = f"{_FINDINGS} {documents}".strip()
    return Constraints(
        iod,
        clause,
        f"{_DOSE} COMPOSITE IMAGE CONTAINER",
        (
            ("CONTAINER", "CONTAINS", f"{_DOSE} IMAGE COMPOSITE CONTAINER"),
            ("CONTAINER", "HAS OBS CONTEXT", "DATETIME CODE TEXT UIDREF PNAME"),
            (sources, "HAS OBS CONTEXT", f"{_DOSE} COMPOSITE"),
            ("CONTAINER IMAGE COMPOSITE", "HAS ACQ CONTEXT", f"{_DOSE} CONTAINER"),
            _MODIFIED,
            (sources, "HAS PROPERTIES", f"{_DOSE} IMAGE COMPOSITE CONTAINER"),
            ("PNAME", "HAS PROPERTIES", "TEXT CODE DATETIME UIDREF PNAME"),
            (
                _FINDINGS,
                "INFERRED FROM",
                f"{_FINDINGS} DATETIME UIDREF IMAGE COMPOSITE CONTAINER",
            ),
        ),
    )


_RADIOPHARMACEUTICAL_DOSE = Constraints(
    "Radiopharmaceutical Radiation Dose SR",
    "PS3.3 A.35.14.3.1.3",
    f"{_DOSE} CONTAINER",
    (
        ("CONTAINER", "CONTAINS", f"{_DOSE} CONTAINER"),
        (_FINDINGS, "HAS OBS CONTEXT", _DOSE),
        ("CONTAINER", "HAS ACQ CONTEXT", f"{_DOSE} CONTAINER"),
        _MODIFIED,
        (f"{_FINDINGS} PNAME", "HAS PROPERTIES", f"{_DOSE} CONTAINER"),
        (_FINDINGS, "INFERRED FROM", f"{_FINDINGS} DATETIME UIDREF CONTAINER"),
    ),
)

_SPECTACLES = Constraints(
    "Spectacle Prescription Report",
    "PS3.3 A.35.9.3.1.2",
    f"{_FINDINGS} CONTAINER",
    (("CONTAINER", "CONTAINS", f"CONTAINER {_FINDINGS}"),),
)

_MACULAR_GRID = Constraints(
    "Macular Grid Thickness and Volume Report",
    "PS3.3 A.35.11.3.1.2",
    f"{_FINDINGS} DATE UIDREF PNAME IMAGE CONTAINER",
    (
        ("CONTAINER", "HAS OBS CONTEXT", f"{_FINDINGS} PNAME UIDREF DATE"),
        ("CONTAINER", "CONTAINS", f"CONTAINER {_FINDINGS}"),
        (ANY, "HAS CONCEPT MOD", "CODE"),
        ("NUM", "HAS OBS CONTEXT", "TEXT"),
        ("NUM", "INFERRED FROM", "IMAGE"),
    ),
)

_IMPLANTATION_PLAN = Constraints(
    "Implantation Plan SR Document",
    "PS3.3 A.35.12.3.1.3",
    f"{_FINDINGS} DATE UIDREF PNAME COMPOSITE IMAGE CONTAINER",
    (
        ("CONTAINER", "CONTAINS", f"{_FINDINGS} UIDREF COMPOSITE IMAGE CONTAINER"),
        ("CONTAINER", "HAS OBS CONTEXT", f"{_FINDINGS} DATE UIDREF PNAME COMPOSITE"),
        _NESTED_CONTEXT,
        _MODIFIED,
        (
            f"{_FINDINGS} IMAGE UIDREF COMPOSITE",
            "HAS PROPERTIES",
            f"{_FINDINGS} UIDREF IMAGE COMPOSITE",
        ),
    ),
)

_ACQUISITION_CONTEXT = Constraints(
    "Acquisition Context SR",
    "PS3.3 A.35.16.3.1.2",
    f"{_NUMBERED} SCOORD3D CONTAINER",
    (
        ("CONTAINER", "CONTAINS", f"{_FINDINGS} CONTAINER DATETIME PNAME TIME UIDREF"),
        ("CONTAINER", "HAS OBS CONTEXT", _NUMBERED),
        _NESTED_CONTEXT,
        ("CODE", "HAS OBS CONTEXT", "CODE"),
        _MODIFIED,
        ("CODE", "HAS PROPERTIES", f"{_FINDINGS} DATETIME SCOORD3D"),
    ),
)

_ADULT_ECHO = Constraints(
    "Simplified Adult Echo SR",
    "PS3.3 A.35.17.3.1.3",
    f"{_DOSE} CONTAINER IMAGE SCOORD WAVEFORM TCOORD",
    (
        ("CONTAINER", "CONTAINS", f"{_DOSE} CONTAINER"),
        (_FINDINGS, "HAS OBS CONTEXT", f"{_DOSE} CONTAINER"),
        ("CONTAINER", "HAS ACQ CONTEXT", f"{_DOSE} CONTAINER"),
        _MODIFIED,
        (_FINDINGS, "HAS PROPERTIES", f"{_DOSE} CONTAINER"),
        (
            _FINDINGS,
            "INFERRED FROM",
            f"{_FINDINGS} DATETIME UIDREF CONTAINER IMAGE SCOORD WAVEFORM TCOORD",
        ),
        ("SCOORD", "SELECTED FROM", "IMAGE"),
        ("TCOORD", "SELECTED FROM", "WAVEFORM"),
    ),
)


def _imaging_agent(iod: str, clause: str, context: str, others: str) -> Constraints:
    """Constraints of the administration of imaging agents, planned or performed."""
    simple = f"{_DOSE} DATE"
    everything = f"{simple} {others} CONTAINER"
    return Constraints(
        iod,
        clause,
        everything,
        (
            ("CONTAINER", "CONTAINS", everything),
            (f"{_FINDINGS} CONTAINER", "HAS OBS CONTEXT", f"{simple} {context}"),
            _NESTED_CONTEXT,
            (f"CONTAINER {others} NUM", "HAS ACQ CONTEXT", f"{simple} CONTAINER"),
            _MODIFIED,
            (_FINDINGS, "HAS PROPERTIES", everything),
            ("PNAME", "HAS PROPERTIES", "TEXT CODE DATETIME DATE UIDREF PNAME"),
            (_FINDINGS, "INFERRED FROM", everything),
        ),
    )


_ROOT = "1.2.840.10008.5.1.4.1.1."
# The tables of Enhanced X-Ray Radiation Dose SR and of Waveform Annotation SR are not here yet.
CONSTRAINTS: dict[str, Constraints] = {
    _ROOT + suffix: constraints
    for suffix, constraints in {
        "78.6": _SPECTACLES,
        "79.1": _MACULAR_GRID,
        "88.11": _BASIC_TEXT,
        "88.22": _ENHANCED,
        "88.33": _comprehensive("Comprehensive SR", "PS3.3 A.35.3.3.1.2", "SCOORD"),
        "88.34": _comprehensive("Comprehensive 3D SR", "PS3.3 A.35.13.3.1.2", "SCOORD SCOORD3D"),
        "88.35": _EXTENSIBLE,
        "88.40": _PROCEDURE_LOG,
        "88.50": _MAMMOGRAPHY_CAD,
        "88.59": _KEY_OBJECTS,
        "88.65": _CHEST_CAD,
        "88.67": _radiation_dose("X-Ray Radiation Dose SR", "PS3.3 A.35.8.3.1.3", ""),
        "88.68": _RADIOPHARMACEUTICAL_DOSE,
        "88.69": _COLON_CAD,
        "88.70": _IMPLANTATION_PLAN,
        "88.71": _ACQUISITION_CONTEXT,
        "88.72": _ADULT_ECHO,
        "88.73": _radiation_dose("Patient Radiation Dose SR", "PS3.3 A.35.18.3.1.3", "COMPOSITE"),
        "88.74": _imaging_agent(
            "Planned Imaging Agent Administration SR", "PS3.3 A.35.19.3.1.3", "", ""
        ),
        "88.75": _imaging_agent(
            "Performed Imaging Agent Administration SR",
            "PS3.3 A.35.20.3.1.3",
            "COMPOSITE",
            _OBJECTS,
        ),
    }.items()
}
"""Constraints by SOP Class UID, of PS3.3 2021 with what 2024 has added to observation context."""
