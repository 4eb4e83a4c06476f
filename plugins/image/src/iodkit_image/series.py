"""Volumes from series: the frames of many instances at their places in one array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements import peek_number, peek_text
from iodkit.errors import GeometryError, InvalidTypeError, InvalidValueError, UnsupportedError
from iodkit.frames import FrameTable, describe_stack
from iodkit.standard.enums import CoordinateSystemNames
from iodkit_image.pixels import FrameStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike, NDArray
    from pydicom.dataset import Dataset

    from iodkit.coding import CodedConcept
    from iodkit.spatial import Volume

__all__ = ["get_volume_from_series"]

_REAL_WORLD = 0x00409096
_MODALITY_LUT = 0x00283000


def get_volume_from_series(
    series_datasets: Sequence[Dataset],
    *,
    dtype: DTypeLike = np.float64,
    apply_real_world_transform: bool | None = None,
    real_world_value_map_selector: int | str | CodedConcept = 0,
    apply_modality_transform: bool | None = None,
    apply_voi_transform: bool | None = False,
    voi_transform_selector: int | str = 0,
    voi_output_range: tuple[float, float] = (0.0, 1.0),
    apply_presentation_lut: bool = True,
    apply_palette_color_lut: bool | None = None,
    apply_icc_profile: bool | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    perpendicular_tol: float | None = None,
    orientation_tol: float | None = None,
) -> Volume:
    """Make a volume from the single-frame instances of a series.

    Frames go to their places by position and orientation; the order of the list means nothing.

    Parameters
    ----------
    series_datasets : Sequence[pydicom.Dataset]
        Instances of one series and frame of reference, in any order.
    dtype : numpy.dtype, optional
        Type of the voxels.
    apply_real_world_transform, real_world_value_map_selector : optional
        Real-world values are not supported yet: pass ``False`` for images that map them.
    apply_modality_transform : bool | None, optional
        Whether stored values are rescaled (PS3.3 C.11.1); by default where a slope is given.
    apply_voi_transform, voi_transform_selector, voi_output_range : optional
        Windows are not supported yet.
    apply_presentation_lut : bool, optional
        Has no effect without a window.
    apply_palette_color_lut, apply_icc_profile : bool | None, optional
        Not supported yet.
    atol, rtol, perpendicular_tol, orientation_tol : float | None, optional
        Tolerances; see :func:`iodkit.spatial.describe_positions`.

    Returns
    -------
    Volume
        Right-handed volume with the axes slice, row and column.

    Raises
    ------
    InvalidValueError
        If the list is empty or the instances do not belong together.
    GeometryError
        If the instances make no regular volume; the error has the report with the reasons.
    """
    del real_world_value_map_selector, voi_transform_selector, voi_output_range
    del apply_presentation_lut
    for name, asked in (
        ("apply_real_world_transform", apply_real_world_transform),
        ("apply_voi_transform", apply_voi_transform),
        ("apply_palette_color_lut", apply_palette_color_lut),
        ("apply_icc_profile", apply_icc_profile),
    ):
        if asked:
            raise UnsupportedError(f"{name} is not supported yet", attribute=name, found=asked)
    datasets = _check_series(series_datasets)
    table = FrameTable.from_instances(datasets)
    report = describe_stack(
        table,
        what="instance",
        atol=atol,
        rtol=rtol,
        perpendicular_tol=perpendicular_tol,
        orientation_tol=orientation_tol,
    )
    first = datasets[0]
    geometry = report.geometry(
        int(first.Rows),
        int(first.Columns),
        table.pixel_spacings[0].tolist(),
        CoordinateSystemNames.PATIENT,
        peek_text(first, "FrameOfReferenceUID"),
        allow_duplicate_positions=False,
    )
    out = np.empty(geometry.spatial_shape, dtype)
    assert report.volume_positions is not None  # the geometry was made of it
    rescale = _rescale_values(datasets, table, apply_modality_transform, apply_real_world_transform)
    for number, (dataset, plane) in enumerate(
        zip(datasets, report.volume_positions.tolist(), strict=True)
    ):
        _convert(_stored_frame(dataset), rescale[number], out[plane])
    return geometry.with_array(out)


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
        if int(dataset.get("NumberOfFrames") or 1) != 1:
            raise InvalidValueError(
                "a multi-frame image is no part of a series of single frames",
                attribute="NumberOfFrames",
                found=int(dataset.NumberOfFrames),
                remedy="Use Image.get_volume() of that image.",
            )
    for keyword in ("SeriesInstanceUID", "FrameOfReferenceUID"):
        _require_one(keyword, {peek_text(dataset, keyword) for dataset in datasets})
    for keyword in ("Rows", "Columns"):
        _require_one(keyword, {peek_number(dataset, keyword) for dataset in datasets})
    return datasets


def _require_one(keyword: str, values: set[Any]) -> None:
    if values == {None} or len(values) > 1:
        raise GeometryError(
            f"the instances have no common {keyword}",
            attribute=keyword,
            found=sorted(map(str, values))[:5],
            expected="one value",
            clause="PS3.3 C.7.4.1",
            remedy="Pass the instances of one series and frame of reference only.",
        )


def _rescale_values(
    datasets: Sequence[Dataset],
    table: FrameTable,
    modality: bool | None,
    real_world: bool | None,
) -> NDArray[np.float64]:
    """Slope and intercept for each instance, 1 and 0 where nothing is to be done."""
    values = np.tile([1.0, 0.0], (len(datasets), 1))
    if real_world is None and any(_REAL_WORLD in dataset for dataset in datasets):
        raise UnsupportedError(
            "real-world values are not supported yet",
            attribute="RealWorldValueMappingSequence",
            remedy="Pass apply_real_world_transform=False for rescaled values.",
        )
    if modality is False:
        return values
    if any(_MODALITY_LUT in dataset for dataset in datasets):
        raise UnsupportedError(
            "modality look-up tables are not supported yet",
            attribute="ModalityLUTSequence",
            remedy="Pass apply_modality_transform=False for stored values.",
        )
    slopes, intercepts = table.rescale_slopes, table.rescale_intercepts
    given = ~(np.isnan(slopes) | np.isnan(intercepts))
    if modality and not given.all():
        raise InvalidValueError(
            "an instance has no modality transform",
            attribute="RescaleSlope",
            found=f"no value in instance {int((~given).argmax())}",
            clause="PS3.3 C.11.1",
        )
    values[given, 0], values[given, 1] = slopes[given], intercepts[given]
    return values


def _stored_frame(dataset: Dataset) -> NDArray[Any]:
    located = getattr(dataset, "deferred_pixel_data", None)
    store = FrameStore.from_dataset(dataset, None if located is None else located[0])
    if store.layout.is_color:
        raise UnsupportedError(
            "volumes of colour images are not supported yet",
            attribute="SamplesPerPixel",
            found=store.layout.samples_per_pixel,
        )
    return store.view(0)


def _convert(frame: NDArray[Any], rescale: NDArray[np.float64], out: NDArray[Any]) -> None:
    """Rescale a frame straight into its place."""
    slope, intercept = float(rescale[0]), float(rescale[1])
    if (slope, intercept) == (1.0, 0.0):
        _require_fit(frame, out.dtype, 1.0, 0.0)
        out[...] = frame
    elif out.dtype.kind == "f":
        np.multiply(frame, slope, out=out, casting="unsafe")
        out += intercept
    else:
        _require_fit(frame, out.dtype, slope, intercept)
        np.multiply(frame, int(slope), out=out, casting="unsafe")
        out += out.dtype.type(int(intercept))


def _require_fit(frame: NDArray[Any], dtype: np.dtype[Any], slope: float, intercept: float) -> None:
    """Raise if values would be rounded or would not fit into an integer type."""
    if dtype.kind == "f" or (np.can_cast(frame.dtype, dtype) and (slope, intercept) == (1.0, 0.0)):
        return
    low, high = sorted((frame.min() * slope + intercept, frame.max() * slope + intercept))
    limits = np.iinfo(dtype)
    whole = float(slope).is_integer() and float(intercept).is_integer()
    if not whole or low < limits.min or high > limits.max:
        raise InvalidValueError(
            "the type does not hold the values",
            attribute="dtype",
            found=str(dtype),
            expected=f"a type for values from {low:g} to {high:g}"
            + ("" if whole else ", with fractions"),
        )
