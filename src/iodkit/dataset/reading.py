"""Opening any DICOM object as the most specific class that is installed."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, cast

from pydicom.dataset import Dataset
from pydicom.uid import UID

from iodkit._families import distribution_for
from iodkit.dataset.sop_class import SOPClass
from iodkit.elements import check_type, peek_text
from iodkit.errors import IodkitWarning
from iodkit.io import open_source, read_dataset
from iodkit.registry import registry

if TYPE_CHECKING:
    from iodkit.io.sources import SourceLike

__all__ = ["from_dataset", "implementation_for", "read"]


def read(
    fp: SourceLike,
    *,
    lazy_frame_retrieval: bool | None = None,
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

    Returns
    -------
    SOPClass
        Object of the class that the registry names for the SOP class; a generic
        :class:`SOPClass` if there is none.

    Raises
    ------
    ReadError
        If the file cannot be read, or is no DICOM file.
    PluginError
        If the class that is named cannot be imported.
    PluginConflictError
        If two plugins claim the SOP class and no preference decides.

    Warns
    -----
    IodkitWarning
        If a distribution of ours that is not installed has a class for the object.
    """
    source = open_source(fp)
    lazy = source.is_reopenable if lazy_frame_retrieval is None else lazy_frame_retrieval
    parsed = read_dataset(source, stop_before_pixels=lazy)
    return implementation_for(parsed.dataset).from_parsed(parsed)


def from_dataset(dataset: Dataset, copy: bool = True) -> SOPClass:
    """Make an object of the most specific installed class from a dataset in memory.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Dataset of any SOP class.
    copy : bool, optional
        Whether the elements are copied; otherwise object and dataset share them.

    Returns
    -------
    SOPClass
        Object of the class that the registry names; a generic :class:`SOPClass` if there is none.
    """
    check_type(dataset, Dataset, "dataset")
    return implementation_for(dataset).from_dataset(dataset, copy=copy)


def implementation_for(dataset: Dataset) -> type[SOPClass]:
    """Find the most specific installed class for a dataset.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Dataset of any SOP class.

    Returns
    -------
    type[SOPClass]
        The class.
    """
    uid = peek_text(dataset, "SOPClassUID") or ""
    implementation = registry.resolve(uid, dataset) if uid else None
    if implementation is None:
        _hint(uid)
        return SOPClass
    return cast("type[SOPClass]", implementation)


def _hint(uid: str) -> None:
    """Say which distribution of ours would know this SOP class, or why it does not."""
    name = UID(uid).name if uid else ""
    distribution = distribution_for(uid, name)
    if distribution is None:
        return
    installed = next((p for p in registry.plugins() if p.distribution == distribution), None)
    if installed is None:
        remedy = f"For its own class: pip install {distribution}"
    else:
        problems = "; ".join(map(str, installed.problems))
        remedy = f"{distribution} is installed, but {installed.state}{problems and ': '}{problems}"
    warnings.warn(f"Opened {name} as a generic object. {remedy}", IodkitWarning, stacklevel=4)
