"""The phantom as one Enhanced CT image (PS3.3 A.38)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import EnhancedCTImageStorage

from iodkit.frames import FunctionalGroups
from iodkit.testing.phantom.anatomy import sample
from iodkit.testing.phantom.attributes import common_attributes, fixed_uid
from iodkit.testing.phantom.ct import INTERCEPT, describe_ct_pixels, stored_pixels
from iodkit.testing.phantom.stack import PhantomStack, make_stack

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["enhanced_ct"]

_MOMENT = "20240229120000"
# No scanner acquired it, so nothing of an acquisition is claimed.
_TYPE = ["DERIVED", "PRIMARY", "VOLUME", "NONE"]


def enhanced_ct(
    planes: int = 32,
    rows: int = 128,
    columns: int = 128,
    *,
    variant: str = "axial",
    reverse: bool = False,
) -> Dataset:
    """Make an Enhanced CT image of the phantom.

    Parameters
    ----------
    planes, rows, columns : int, optional
        Number and size of the frames.
    variant : str, optional
        One of :data:`iodkit.testing.phantom.VARIANTS`.
    reverse : bool, optional
        Whether frames are stored from the last plane to the first.

    Returns
    -------
    pydicom.Dataset
        Multi-frame image, labelled synthetic.
    """
    stack = make_stack(variant, planes, rows, columns)
    hu, _ = sample(stack.points(), edge=stack.pixel_spacing)
    order = np.arange(len(hu))[:: -1 if reverse else 1]
    series = f"{variant} {planes} x {rows} x {columns} {'reversed' if reverse else 'in order'}"
    ds = common_attributes(EnhancedCTImageStorage, "CT", series, 1)
    ds.ImageType = _TYPE
    del ds.AcquisitionDate, ds.AcquisitionTime
    ds.AcquisitionDateTime = _MOMENT
    ds.AcquisitionNumber = 1
    ds.PatientPosition = "HFS"
    ds.FrameOfReferenceUID = fixed_uid("frame of reference")
    ds.PositionReferenceIndicator = ""
    ds.PixelPresentation = "MONOCHROME"
    ds.VolumetricProperties = "VOLUME"
    ds.VolumeBasedCalculationTechnique = "NONE"
    ds.LossyImageCompression = "00"
    ds.PresentationLUTShape = "IDENTITY"
    ds.AcquisitionContextSequence = []
    describe_ct_pixels(ds, rows, columns)
    _write_dimensions(ds)
    _functional_groups(stack, order.tolist()).attach(ds)
    ds.add_new(0x7FE00010, "OW", stored_pixels(hu[order]).tobytes())
    return ds


def _write_dimensions(ds: Dataset) -> None:
    organization = Dataset()
    organization.DimensionOrganizationUID = fixed_uid("dimensions")
    ds.DimensionOrganizationSequence = [organization]
    indices = []
    for pointer in ("StackID", "InStackPositionNumber"):
        index = Dataset()
        index.DimensionOrganizationUID = organization.DimensionOrganizationUID
        index.DimensionIndexPointer = {"StackID": 0x00209056}.get(pointer, 0x00209057)
        index.FunctionalGroupPointer = 0x00209111
        indices.append(index)
    ds.DimensionIndexSequence = indices


def _functional_groups(stack: PhantomStack, order: Sequence[int]) -> FunctionalGroups:
    frames = len(order)
    groups = FunctionalGroups(frames)
    constant = {
        "PixelMeasuresSequence.PixelSpacing": [stack.pixel_spacing] * 2,
        "PixelMeasuresSequence.SliceThickness": stack.slice_spacing,
        "PlaneOrientationSequence.ImageOrientationPatient": stack.orientation,
        "FrameVOILUTSequence.WindowCenter": 40,
        "FrameVOILUTSequence.WindowWidth": 400,
        "PixelValueTransformationSequence.RescaleIntercept": INTERCEPT,
        "PixelValueTransformationSequence.RescaleSlope": 1,
        "PixelValueTransformationSequence.RescaleType": "HU",
        "FrameAnatomySequence.FrameLaterality": "U",
        "CTImageFrameTypeSequence.FrameType": _TYPE,
        "CTImageFrameTypeSequence.PixelPresentation": "MONOCHROME",
        "CTImageFrameTypeSequence.VolumetricProperties": "VOLUME",
        "CTImageFrameTypeSequence.VolumeBasedCalculationTechnique": "NONE",
        "FrameContentSequence.FrameAcquisitionDateTime": _MOMENT,
        "FrameContentSequence.FrameReferenceDateTime": _MOMENT,
        "FrameContentSequence.FrameAcquisitionDuration": 500.0,
        "FrameContentSequence.StackID": "1",
        "IrradiationEventIdentificationSequence.IrradiationEventUID": fixed_uid("irradiation"),
    }
    for path, value in constant.items():
        groups.set_constant(path, value)
    groups.set_items("FrameAnatomySequence.AnatomicRegionSequence", [_chest()])
    places = np.array(order) + 1
    groups.set("FrameContentSequence.InStackPositionNumber", places)
    groups.set(
        "FrameContentSequence.DimensionIndexValues",
        np.stack([np.ones(frames, np.int64), places], axis=1),
    )
    groups.set("PlanePositionSequence.ImagePositionPatient", stack.positions[order])
    return groups


def _chest() -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "43799004", "SCT", "Chest"
    return code
