"""Checks of the objects that an implementation makes: files, copies, JSON, and manners."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydicom

from iodkit.dataset import read
from iodkit.errors import IodkitError
from iodkit.testing.conformance.comparing import (
    CLOCK,
    difference,
    encode,
    fixed_defaults,
    is_same,
    make_object,
)
from iodkit.testing.conformance.failures import ConformanceError

if TYPE_CHECKING:
    from iodkit.dataset import SOPClass
    from iodkit.testing.conformance.cases import ConformanceCase

__all__ = [
    "check_bad_calls",
    "check_copies",
    "check_determinism",
    "check_inputs_untouched",
    "check_json",
    "check_round_trip",
]


def _require_equal(made: SOPClass, other: Any, what: str, *, same_type: bool = True) -> None:
    if same_type and type(other) is not type(made):
        raise ConformanceError(
            f"{what} is of another class", found=type(other), expected=type(made).__qualname__
        )
    found = difference(made, other)
    if found:
        raise ConformanceError(
            f"{what} differs from the object", attribute=found.split(":")[0], found=found
        )
    if same_type and not made == other:
        raise ConformanceError(f"{what} has the same elements, but == says that it differs")


def check_round_trip(sop_class_uid: str, case: ConformanceCase) -> None:
    """Check that an object survives a file, and that writing it again gives the same bytes.

    Parameters
    ----------
    sop_class_uid : str
        SOP Class UID that the object must have.
    case : ConformanceCase
        How it is made.

    Raises
    ------
    ConformanceError
        If the SOP class is another one, `iodkit.read` gives another class or other values,
        pydicom reads other values, or the bytes change.
    """
    made = make_object(case)
    if made.get("SOPClassUID") != sop_class_uid:
        raise ConformanceError(
            "the object is of another SOP class",
            attribute="SOPClassUID",
            found=made.get("SOPClassUID"),
            expected=sop_class_uid,
        )
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder, "first.dcm"), Path(folder, "second.dcm")
        made.save_as(first)
        content = first.read_bytes()
        _require_equal(made, pydicom.dcmread(first), "what pydicom reads", same_type=False)
        for source, how in ((first, "the path"), (content, "the content")):
            loaded = read(source)
            _require_equal(made, loaded, f"what iodkit.read gives for {how}")
            read(source).save_as(second)
            if second.read_bytes() != content:
                raise ConformanceError(f"writing what was read from {how} changes the bytes")


def check_copies(sop_class_uid: str, case: ConformanceCase) -> None:
    """Check copies: `copy.copy`, `copy.deepcopy` and pickle, of new objects and of read ones.

    Parameters
    ----------
    sop_class_uid : str
        SOP Class UID.
    case : ConformanceCase
        How the object is made.

    Raises
    ------
    ConformanceError
        If a copy fails, is of another class, differs, or shares its elements with the original.
    """
    made = make_object(case)
    content = encode(made)
    for origin, state in ((made, "a new object"), (read(content), "an object that was read")):
        for copier in (copy.copy, copy.deepcopy, _pickled):
            what = f"{copier.__name__.strip('_')} of {state} of {sop_class_uid}"
            try:
                twin = copier(origin)
            except Exception as error:
                raise ConformanceError(f"{what} fails: {error!r}") from error
            _require_equal(made, twin, what)
            twin.PatientComments = "changed in the copy"
            if origin.get("PatientComments") == twin.PatientComments:
                raise ConformanceError(f"{what} shares its elements with the original")
            del twin.PatientComments
            if encode(twin) != content:
                raise ConformanceError(f"{what} is written as other bytes")


def _pickled(instance: SOPClass) -> Any:
    return pickle.loads(pickle.dumps(instance))  # noqa: S301 - made in the line before


def check_json(sop_class_uid: str, case: ConformanceCase) -> None:
    """Check the DICOM JSON model (PS3.18 Annex F), there and back.

    Parameters
    ----------
    sop_class_uid : str
        SOP Class UID.
    case : ConformanceCase
        How the object is made.

    Raises
    ------
    ConformanceError
        If it fails, or gives another class or other values.
    """
    made = make_object(case)
    try:
        back = type(made).from_json(made.to_json())
    except Exception as error:
        raise ConformanceError(f"{sop_class_uid} does not survive JSON: {error!r}") from error
    _require_equal(made, back, "what comes back from JSON")


def check_determinism(sop_class_uid: str, case: ConformanceCase) -> None:
    """Check that clock and UID generator of `iodkit.defaults` decide, and nothing else.

    Parameters
    ----------
    sop_class_uid : str
        SOP Class UID.
    case : ConformanceCase
        How the object is made.

    Raises
    ------
    ConformanceError
        If the same input gives other bytes, or an attribute holds today's date.
    """
    first, second = make_object(case), make_object(case)
    if encode(first) != encode(second):
        found = difference(first, second) or "the file meta information, or the encoding"
        raise ConformanceError(
            f"the same input gives other bytes for {sop_class_uid}",
            found=found,
            remedy="Take times and identifiers from iodkit.context.now and generate_uid.",
        )
    today = {f"{day:%Y%m%d}" for day in (dt.datetime.now(), dt.datetime.now(dt.UTC))}
    for element in first.iterall():
        if element.VR in {"DA", "DT"} and str(element.value)[:8] in today:
            raise ConformanceError(
                "an attribute holds today's date, whatever the clock says",
                attribute=element.keyword or str(element.tag),
                found=str(element.value),
                expected=f"a date by the clock, {CLOCK:%Y%m%d}",
                remedy="Take times from iodkit.context.now.",
            )


def check_inputs_untouched(sop_class_uid: str, case: ConformanceCase) -> None:
    """Check that making an object, and changing it, leaves its inputs as they were.

    Parameters
    ----------
    sop_class_uid : str
        SOP Class UID.
    case : ConformanceCase
        How the object is made.

    Raises
    ------
    ConformanceError
        If an input was changed; it names the parameter.
    """
    inputs, reference = dict(case.inputs()), dict(case.inputs())
    for name, value in inputs.items():
        if not is_same(value, reference[name]):
            raise ConformanceError(
                f"the case {case.name!r} gives other inputs at each call", attribute=name
            )
    with fixed_defaults(case.name):
        made = case.make(**inputs)
    _require_untouched(inputs, reference, f"making an object of {sop_class_uid}")
    made.PatientName = "Changed^Afterwards"
    for element in list(made):
        if element.VR == "SQ" and element.value:
            element.value[0].PatientComments = "changed afterwards"
    _require_untouched(inputs, reference, f"changing an object of {sop_class_uid}")


def _require_untouched(inputs: dict[str, Any], reference: dict[str, Any], what: str) -> None:
    for name, value in inputs.items():
        if not is_same(value, reference[name]):
            raise ConformanceError(f"{what} changes an input", attribute=name)


def check_bad_calls(sop_class_uid: str, case: ConformanceCase) -> None:
    """Check that wrong arguments are refused with an error that says which.

    Parameters
    ----------
    sop_class_uid : str
        SOP Class UID.
    case : ConformanceCase
        How the object is made, and how not.

    Raises
    ------
    ConformanceError
        If a bad call succeeds, raises an error of another kind, or does not name the argument.
    """
    for call in case.bad_calls:
        what = f"{sop_class_uid}, {case.name!r} with {sorted(call.changes)} changed"
        try:
            make_object(case, **call.changes)
        except call.error as error:
            if call.attribute not in str(error):
                raise ConformanceError(
                    f"{what}: the error does not name what is wrong",
                    attribute=call.attribute,
                    found=str(error),
                ) from error
        except Exception as error:
            raise ConformanceError(
                f"{what}: an error of another kind",
                attribute=call.attribute,
                found=error,
                expected=call.error.__name__,
            ) from error
        else:
            raise ConformanceError(
                f"{what}: is accepted", attribute=call.attribute, expected=IodkitError.__name__
            )
