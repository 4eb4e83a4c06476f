"""Opening objects with a policy on what is wrong with them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Literal

from iodkit import dataset
from iodkit.errors import InvalidValueError, IodkitWarning
from iodkit.validation.repairs import repair
from iodkit.validation.validating import validate

if TYPE_CHECKING:
    from iodkit.dataset import SOPClass
    from iodkit.io.sources import SourceLike

__all__ = ["Policy", "read"]

Policy = Literal["strict", "warn", "repair"]
_POLICIES = ("strict", "warn", "repair")


def read(
    fp: SourceLike,
    *,
    lazy_frame_retrieval: bool | None = None,
    policy: Policy | None = None,
) -> SOPClass:
    """Open a DICOM file as the most specific class that is installed.

    Parameters
    ----------
    fp : str | bytes | os.PathLike | BinaryIO | list
        Path, URL, content, or open file of a DICOM file (PS3.10); or a list of these that are all
        parts of one concatenation (PS3.3 C.7.6.16.2.2), which is read as one object.
    lazy_frame_retrieval : bool | None, optional
        Whether pixel data stay in the file until they are asked for.  By default they do for
        paths and URLs, which can be opened again, and do not for content and open files.
    policy : {"strict", "warn", "repair"} | None, optional
        What to do about errors in the object: refuse it, warn of them, or put right what can be
        put right without guessing, on the object that is returned and never in the file.  By
        default whatever can be opened is opened, and not looked at, which is fastest.

    Returns
    -------
    SOPClass
        Object of the class that the registry names for the SOP class; a generic
        :class:`SOPClass` if there is none.

    Raises
    ------
    ReadError
        If the file cannot be read, or is no DICOM file.
    ValidationError
        If the object has errors, and the policy is strict; it carries the report.
    PluginError
        If the class that is named cannot be imported.
    PluginConflictError
        If two plugins claim the SOP class and no preference decides.
    InvalidValueError
        If there is no such policy.

    Warns
    -----
    IodkitWarning
        If a distribution of ours that is not installed has a class for the object; of errors
        in the object, by the policy ``"warn"``; of what was put right, and of the errors that
        remain, by ``"repair"``.
    """
    if policy is not None and policy not in _POLICIES:
        raise InvalidValueError(
            "no such policy", attribute="policy", found=policy, expected=f"one of {_POLICIES}"
        )
    opened = dataset.read(fp, lazy_frame_retrieval=lazy_frame_retrieval)
    if policy == "repair":
        opened, repairs = repair(opened)
        for done in repairs:
            warnings.warn(str(done), IodkitWarning, stacklevel=2)
    if policy is not None:
        report = validate(opened)
        if policy == "strict":
            report.raise_for_errors()
        for finding in report.errors:
            warnings.warn(str(finding), IodkitWarning, stacklevel=2)
    return opened
