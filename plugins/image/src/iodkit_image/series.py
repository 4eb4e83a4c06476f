"""Volumes from series: the frames of many instances at their places in one array."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements import peek_number, peek_text
from iodkit.errors import GeometryError, InvalidTypeError, InvalidValueError
from iodkit.frames import FrameTable
from iodkit.spatial import describe_stack
from iodkit_image.assembly import assemble
from iodkit_image.places import FramePlaces, ToleranceOptions, stacked_places
from iodkit_image.stores import InstanceFrames
from iodkit_image.transforms.choice import transform_of
from iodkit_image.transforms.options import TransformOptions
from iodkit_image.volumes import FrameSet, VolumeOptions, as_volume, plan_volume

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, DTypeLike
    from pydicom.dataset import Dataset
    from pydicom.sr.coding import Code

    from iodkit.coding import CodedConcept
    from iodkit.spatial import Volume
    from iodkit_image.transforms import VOILUTTransformation

__all__ = ["get_volume_from_series"]


def get_volume_from_series(
    series_datasets: Sequence[Dataset],
    *,
    dtype: DTypeLike = np.float64,
    apply_real_world_transform: bool | None = None,
    real_world_value_map_selector: int | str | Code | CodedConcept = 0,
    apply_modality_transform: bool | None = None,
    apply_voi_transform: bool | None = False,
    voi_transform_selector: int | str | VOILUTTransformation = 0,
    voi_output_range: tuple[float, float] = (0.0, 1.0),
    apply_presentation_lut: bool = True,
    apply_palette_color_lut: bool | None = None,
    apply_icc_profile: bool | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    perpendicular_tol: float | None = None,
    orientation_tol: float | None = None,
    allow_missing_positions: bool = False,
    channels: Sequence[str | int] | str = (),
    select: Mapping[str, Any] | None = None,
    fill_value: ArrayLike = 0,
) -> Volume:
    """Make a volume from the single-frame instances of a series.

    Frames go to their places by position and orientation; the order of the list means nothing.
    Pixel data that are still in files are read from there, and not kept.

    Parameters
    ----------
    series_datasets : Sequence[pydicom.Dataset]
        Instances of one series and frame of reference, in any order.
    dtype : numpy.dtype, optional
        Type of the voxels.
    apply_real_world_transform, real_world_value_map_selector : optional
        As in :meth:`Image.get_frame`.
    apply_modality_transform, apply_voi_transform, voi_transform_selector : optional
        As in :meth:`Image.get_frame`.
    voi_output_range, apply_presentation_lut, apply_palette_color_lut : optional
        As in :meth:`Image.get_frame`.
    apply_icc_profile : bool | None, optional
        As in :meth:`Image.get_frame`.
    atol, rtol, perpendicular_tol, orientation_tol : float | None, optional
        Tolerances; see :func:`iodkit.spatial.describe_positions`.
    allow_missing_positions : bool, optional
        Whether places without an instance get `fill_value`.
    channels : Sequence[str | int] | str, optional
        Attributes in which instances at one place differ, each an axis of the volume: keywords
        such as ``"TriggerTime"``, ``"EchoTime"`` or ``"AcquisitionNumber"``; ``"ElapsedTime"``
        for milliseconds since the first acquisition.
    select : Mapping[str, Any] | None, optional
        Attributes of the instances to use, with the value, or several values, of each.
    fill_value : array_like, optional
        Value of places without an instance.

    Returns
    -------
    Volume
        Right-handed volume with the axes slice, row and column, then the channels asked for, then
        ``R, G, B`` of colour images.

    Raises
    ------
    InvalidValueError
        If the list is empty or the instances do not belong together.
    GeometryError
        If the instances make no regular volume; the error has the report with the reasons.
    """
    datasets = _check_series(series_datasets)
    table = FrameTable.from_instances(datasets)
    instances = InstanceFrames(datasets)
    plan = plan_volume(
        FrameSet(table, datasets[0], instances.shape, lambda: _places(table, instances)),
        VolumeOptions(
            tolerances=ToleranceOptions(
                rtol=rtol,
                atol=atol,
                perpendicular_tol=perpendicular_tol,
                orientation_tol=orientation_tol,
            ),
            allow_missing_positions=allow_missing_positions,
            channels=channels,
            select=select,
        ),
    )
    transform = transform_of(
        datasets,
        table,
        TransformOptions.from_arguments(locals()),
    )
    return as_volume(plan, assemble(instances, plan.placement, transform, plan.gaps, fill_value))


def _places(table: FrameTable, instances: InstanceFrames) -> FramePlaces:
    """Places of instances; a stated spacing counts only where positions cannot tell it."""
    uid = peek_text(instances.datasets[0], "FrameOfReferenceUID") or ""
    places = stacked_places(table, table.positions, instances.shape, uid, "instance")
    return places if len(table) == 1 else replace(places, spacing_hint=None)


def _check_series(series_datasets: Sequence[Dataset]) -> list[Dataset]:
    datasets = list(series_datasets)
    if not datasets:
        raise InvalidValueError("there is no instance", attribute="series_datasets")
    for dataset in datasets:
        if not hasattr(dataset, "_dict"):
            raise InvalidTypeError(
                "an instance is no dataset",
                attribute="series_datasets",
                found=type(dataset).__name__,
                expected="pydicom.Dataset objects",
            )
        count = peek_text(dataset, "NumberOfFrames") or "1"
        if count.strip() != "1":
            raise InvalidValueError(
                "a multi-frame image is no part of a series of single frames",
                attribute="NumberOfFrames",
                found=count,
                remedy="Use Image.get_volume() of that image.",
            )
    _require_one_series(datasets)
    _require_one_space(datasets)
    return datasets


def _require_one_series(datasets: Sequence[Dataset]) -> None:
    """Raise unless instances name one series, and each a frame of reference and a size."""
    for keyword, peek in (
        ("SeriesInstanceUID", peek_text),
        ("FrameOfReferenceUID", peek_text),
        ("Rows", peek_number),
        ("Columns", peek_number),
    ):
        values = {peek(dataset, keyword) for dataset in datasets}
        if None in values or (keyword == "SeriesInstanceUID" and len(values) > 1):
            raise GeometryError(
                f"the instances have no common {keyword}",
                attribute=keyword,
                found=sorted(map(str, values))[:5],
                expected="one value",
                clause="PS3.3 C.7.4.1",
                remedy="Pass the instances of one series and frame of reference only.",
            )


def _require_one_space(datasets: Sequence[Dataset]) -> None:
    """Raise, with a report, if instances differ in frame of reference or size."""
    common = {
        (peek_text(d, "FrameOfReferenceUID"), peek_number(d, "Rows"), peek_number(d, "Columns"))
        for d in datasets
    }
    if len(common) > 1:
        describe_stack(datasets).require_volume()
