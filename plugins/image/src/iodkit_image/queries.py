"""Queries for frames by dimension and by source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.uid import UID

from iodkit.errors import GeometryError, InvalidTypeError, InvalidValueError, NotFoundError
from iodkit_image.placement import Placement, place_frames

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset
    from pydicom.tag import BaseTag

    from iodkit.frames import FrameTable
    from iodkit_image.frames import ImageFrames

__all__ = [
    "frames_by_dimensions",
    "frames_by_source_frame",
    "frames_by_source_instance",
    "place_found",
    "referenced_instances",
]

_CLAUSE = "PS3.3 C.7.6.16.2.6"
_EMPTY_REMEDY = "Pass assert_missing_frames_are_empty=True to get zeros."


def referenced_instances(image: Dataset) -> list[tuple[UID, UID, UID]]:
    """List instances of the Common Instance Reference module (PS3.3 C.12.2).

    Parameters
    ----------
    image : pydicom.Dataset
        Derived image.

    Returns
    -------
    list[tuple[pydicom.uid.UID, pydicom.uid.UID, pydicom.uid.UID]]
        Study, series and SOP instance UID of each.
    """
    found = list(_series_instances(image, image.get("StudyInstanceUID") or ""))
    for study in image.get("StudiesContainingOtherReferencedInstancesSequence") or ():
        found.extend(_series_instances(study, study.StudyInstanceUID))
    return found


def _series_instances(item: Dataset, study_uid: str) -> Iterator[tuple[UID, UID, UID]]:
    for series in item.get("ReferencedSeriesSequence") or ():
        for instance in series.get("ReferencedInstanceSequence") or ():
            yield (
                UID(study_uid),
                UID(series.SeriesInstanceUID),
                UID(instance.ReferencedSOPInstanceUID),
            )


def frames_by_source_instance(
    image: ImageFrames,
    uids: Sequence[str],
    *,
    ignore_spatial_locations: bool,
    assert_missing_frames_are_empty: bool,
) -> list[NDArray[np.intp]]:
    """Find the frames that were made from each of several instances.

    Parameters
    ----------
    image : Image
        Derived image.
    uids : Sequence[str]
        SOP instance UIDs of the sources.
    ignore_spatial_locations : bool
        Whether frames count that may not lie where their sources do.
    assert_missing_frames_are_empty : bool
        Whether instances that the image does not know are accepted.

    Returns
    -------
    list[numpy.ndarray]
        Indices of the frames for each instance.

    Raises
    ------
    NotFoundError
        If the image does not refer to an instance.
    GeometryError
        If frames may not lie where their sources do.
    """
    wanted = _check_uids(uids)
    sources = image.frame_table.sources
    if not assert_missing_frames_are_empty:
        known = {*sources.uids, *(uid for _, _, uid in referenced_instances(image))}
        unknown = [uid for uid in wanted if uid not in known]
        if unknown:
            raise NotFoundError(
                "the image does not refer to this instance",
                attribute="source_sop_instance_uids",
                found=unknown[0],
                remedy=_EMPTY_REMEDY,
            )
    hits = [np.flatnonzero(sources.match([uid])) for uid in wanted]
    if not ignore_spatial_locations:
        _require_preserved(image.frame_table, hits)
    return [np.unique(sources.frames[rows]) for rows in hits]


def _check_uids(uids: Sequence[str]) -> list[str]:
    if isinstance(uids, str):
        raise InvalidTypeError(
            "one UID is no sequence of UIDs",
            attribute="source_sop_instance_uids",
            found=uids,
            remedy="Pass [uid].",
        )
    wanted = [str(uid) for uid in uids]
    if not wanted:
        raise InvalidValueError("there is no UID", attribute="source_sop_instance_uids")
    return wanted


def _require_preserved(table: FrameTable, hits: Sequence[NDArray[np.intp]]) -> None:
    """Raise unless references say that frames lie where their sources do."""
    rows = np.concatenate(hits)
    said = table.sources.spatial_locations_preserved[rows]
    if (said != "YES").any():
        raise GeometryError(
            "frames need not lie where their sources do",
            attribute="SpatialLocationsPreserved",
            found=said[said != "YES"][0],
            expected="YES",
            clause=_CLAUSE,
            remedy="Pass ignore_spatial_locations=True if only the relation matters.",
        )


def frames_by_source_frame(
    image: ImageFrames,
    uid: str,
    numbers: Sequence[int] | None,
    *,
    ignore_spatial_locations: bool,
    assert_missing_frames_are_empty: bool,
) -> list[NDArray[np.intp]]:
    """Find the frames that were made from each of several frames of an instance.

    Parameters
    ----------
    image : Image
        Derived image.
    uid : str
        SOP instance UID of the source.
    numbers : Sequence[int] | None
        Numbers of its frames, from 1; by default up to the highest that the image refers to.
    ignore_spatial_locations, assert_missing_frames_are_empty : bool
        As in :func:`frames_by_source_instance`.

    Returns
    -------
    list[numpy.ndarray]
        Indices of the frames for each source frame.

    Raises
    ------
    NotFoundError
        If the image does not refer to the instance, or to no frame beyond one of the numbers.
    GeometryError
        If frames may not lie where their sources do.
    InvalidValueError
        If references name no frames.
    """
    table = image.frame_table
    sources = table.sources
    match = sources.match([uid])
    numbers_of = sources.frame_numbers
    named = match[numbers_of.rows]
    highest = int(numbers_of.values[named].max(initial=0))
    _check_reference(uid, match, highest, assert_missing_frames_are_empty)
    wanted = list(range(1, highest + 1)) if numbers is None else [int(n) for n in numbers]
    _check_numbers(wanted, None if assert_missing_frames_are_empty else highest)
    hits = [np.unique(numbers_of.rows[named & (numbers_of.values == n)]) for n in wanted]
    if not ignore_spatial_locations:
        _require_preserved(table, hits)
    return [np.unique(sources.frames[rows]) for rows in hits]


def _check_reference(
    uid: str, match: NDArray[np.bool_], highest: int, is_missing_allowed: bool
) -> None:
    if not match.any() and not is_missing_allowed:
        raise NotFoundError(
            "no frame refers to this instance",
            attribute="source_sop_instance_uid",
            found=uid,
            remedy=_EMPTY_REMEDY,
        )
    if match.any() and not highest:
        raise InvalidValueError(
            "references to this instance name no frames",
            attribute="ReferencedFrameNumber",
            found=uid,
            clause=_CLAUSE,
            remedy="Use get_pixels_by_source_instance.",
        )


def _check_numbers(wanted: Sequence[int], highest: int | None) -> None:
    if not wanted:
        raise InvalidValueError("there is no frame number", attribute="source_frame_numbers")
    if min(wanted) < 1:
        raise InvalidValueError(
            "frames are counted from 1", attribute="source_frame_numbers", found=min(wanted)
        )
    if highest is not None and max(wanted) > highest:
        raise NotFoundError(
            "no frame refers to this or a later frame of the source, which need not exist",
            attribute="source_frame_numbers",
            found=max(wanted),
            expected=f"1 to {highest}",
            remedy=_EMPTY_REMEDY,
        )


def frames_by_dimensions(
    image: ImageFrames,
    values: Sequence[Sequence[int]],
    pointers: Sequence[int | BaseTag | str] | None,
    *,
    assert_missing_frames_are_empty: bool,
) -> list[NDArray[np.intp]]:
    """Find the frames with each of several combinations of dimension index values.

    Parameters
    ----------
    image : Image
        Multi-frame image.
    values : Sequence[Sequence[int]]
        Combinations.
    pointers : Sequence[int | pydicom.tag.BaseTag | str] | None
        Attributes that the values index; by default all dimensions in their order.
    assert_missing_frames_are_empty : bool
        Whether combinations are accepted that no frame has.

    Returns
    -------
    list[numpy.ndarray]
        Indices of the frames for each combination.

    Raises
    ------
    NotFoundError
        If the image has no such dimension, or no frame has such values.
    InvalidValueError
        If a combination has not one value for each dimension.
    """
    used = image.dimension_index_pointers if pointers is None else pointers
    table = np.stack([image.frame_table.dimension(each) for each in used], axis=1)
    found = []
    for combination in values:
        wanted = np.asarray(combination)
        if wanted.shape != table.shape[1:]:
            raise InvalidValueError(
                "a combination has one value for each dimension",
                attribute="dimension_index_values",
                found=combination,
                expected=f"{table.shape[1]} values",
            )
        frames = np.flatnonzero((table == wanted).all(axis=1))
        if not len(frames) and not assert_missing_frames_are_empty:
            raise NotFoundError(
                "no frame has these dimension index values",
                attribute="dimension_index_values",
                found=combination,
                remedy=_EMPTY_REMEDY,
            )
        found.append(frames)
    if not found:
        raise InvalidValueError("there is no combination", attribute="dimension_index_values")
    return found


def place_found(
    found: Sequence[NDArray[np.intp]], names: Sequence[Any], shape: tuple[int, int]
) -> Placement:
    """Place frames that were found, one for each query.

    Parameters
    ----------
    found : Sequence[numpy.ndarray]
        Indices of the frames for each query.
    names : Sequence[Any]
        What was asked for, for messages.
    shape : tuple[int, int]
        Rows and columns of a frame.

    Returns
    -------
    Placement
        One output plane for each query.

    Raises
    ------
    GeometryError
        If several frames answer one query.
    """
    for frames, name in zip(found, names, strict=True):
        if len(frames) > 1:
            raise GeometryError(
                f"{len(frames)} frames answer one query",
                found=f"frames {', '.join(str(n + 1) for n in frames[:4].tolist())} for {name}",
                expected="at most one frame",
                remedy="Use frame_table.find and get_frames, or a more specific query.",
            )
    slots = np.repeat(np.arange(len(found)), [len(frames) for frames in found])
    frames = np.concatenate([np.empty(0, np.intp), *found]).astype(np.intp)
    corners = np.zeros((len(frames), 2), np.int64)
    window = (slice(0, shape[0]), slice(0, shape[1]))
    return place_frames(frames, slots, corners, shape, len(found), window)
