"""A synthetic slide: a tiled whole slide image of tissue-like patterns (PS3.3 A.32.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import VLWholeSlideMicroscopyImageStorage

from iodkit.errors import MissingDependencyError
from iodkit.frames import FunctionalGroups
from iodkit.standard.enums import DimensionOrganizationTypeValues
from iodkit.testing.phantom.attributes import common_attributes, fixed_uid

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["slide_image"]

_MICROMETRE = 0.0005
_ORIGIN = (20.0, 40.0)
_CODES = {
    "ContainerTypeCodeSequence": ("433466003", "SCT", "Microscope slide"),
    "IlluminationTypeCodeSequence": ("111744", "DCM", "Brightfield illumination"),
    "IlluminationColorCodeSequence": ("371251000", "SCT", "White color"),
}


def slide_image(
    rows: int = 300,
    columns: int = 400,
    tile: int = 64,
    *,
    organization: DimensionOrganizationTypeValues | str = "TILED_FULL",
) -> Dataset:
    """Make a tiled image of a synthetic slide.

    Parameters
    ----------
    rows, columns : int, optional
        Size of the total pixel matrix.
    tile : int, optional
        Number of rows and columns of a tile; tiles at the edges are padded.
    organization : DimensionOrganizationTypeValues | str, optional
        ``"TILED_FULL"``, or ``"TILED_SPARSE"`` with positions in each frame.

    Returns
    -------
    pydicom.Dataset
        Whole slide image, labelled synthetic.
    """
    kind = DimensionOrganizationTypeValues(organization)
    down, across = -(-rows // tile), -(-columns // tile)
    series = f"{kind.value} {rows} x {columns}, tiles of {tile}"
    ds = common_attributes(VLWholeSlideMicroscopyImageStorage, "SM", series, 1)
    _write_matrix(ds, rows, columns, tile)
    _write_specimen(ds)
    ds.DimensionOrganizationType = kind.value
    organization_item = Dataset()
    organization_item.DimensionOrganizationUID = fixed_uid("slide dimensions")
    ds.DimensionOrganizationSequence = [organization_item]
    groups = FunctionalGroups(down * across)
    groups.set_constant("PixelMeasuresSequence.PixelSpacing", [_MICROMETRE] * 2)
    groups.set_constant("PixelMeasuresSequence.SliceThickness", 0.001)
    groups.set_constant(
        "WholeSlideMicroscopyImageFrameTypeSequence.FrameType",
        ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"],
    )
    groups.set_constant("OpticalPathIdentificationSequence.OpticalPathIdentifier", "1")
    if kind is DimensionOrganizationTypeValues.TILED_SPARSE:
        _write_positions(ds, groups, down, across, tile)
    groups.attach(ds)
    if kind is DimensionOrganizationTypeValues.TILED_FULL:
        # Frames follow the order of the standard, so nothing needs to be said of each of them.
        del ds[0x52009230]
    ds.NumberOfFrames = down * across
    ds.add_new(0x7FE00010, "OB", _tiles(_tissue(rows, columns), tile).tobytes())
    return ds


def _tissue(rows: int, columns: int) -> NDArray[np.uint8]:
    """Paint stained tissue with nuclei on white glass, shape (rows, columns, 3)."""
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    image = np.full((rows, columns, 3), 244.0, np.float32)
    shape = ((x - columns * 0.52) / (columns * 0.38)) ** 2 + ((y - rows * 0.5) / (rows * 0.36)) ** 2
    wave = 0.16 * np.sin(x / 17 + np.cos(y / 23)) + 0.12 * np.cos(y / 13 - np.sin(x / 29))
    tissue = shape + wave < 1
    pattern = 10 * np.sin(x / 5 + 2 * np.sin(y / 11)) * np.cos(y / 7)
    image[tissue] = (np.array([226, 168, 196], np.float32) + pattern[..., np.newaxis])[tissue]
    rng = np.random.default_rng(11)
    count = max(8, rows * columns // 700)
    for cy, cx, radius in rng.uniform((0, 0, 1.6), (rows, columns, 3.8), (count, 3)):
        top, left = int(max(cy - 5, 0)), int(max(cx - 5, 0))
        part = (slice(top, top + 11), slice(left, left + 11))
        nucleus = ((x[part] - cx) ** 2 + 1.3 * (y[part] - cy) ** 2 < radius**2) & tissue[part]
        image[part][nucleus] = (92, 58, 138)
    return np.clip(image, 0, 255).astype(np.uint8)


def _tiles(image: NDArray[np.uint8], tile: int) -> NDArray[np.uint8]:
    rows, columns = image.shape[:2]
    down, across = -(-rows // tile), -(-columns // tile)
    padded = np.full((down * tile, across * tile, 3), 255, np.uint8)
    padded[:rows, :columns] = image
    grid = padded.reshape(down, tile, across, tile, 3).swapaxes(1, 2)
    return np.ascontiguousarray(grid).reshape(-1, tile, tile, 3)


def _code(keyword: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = _CODES[keyword]
    return item


def _write_matrix(ds: Dataset, rows: int, columns: int, tile: int) -> None:
    ds.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    ds.AcquisitionDateTime = "20240229120000"
    ds.SamplesPerPixel = 3
    ds.PhotometricInterpretation = "RGB"
    ds.PlanarConfiguration = 0
    ds.Rows = ds.Columns = tile
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
    ds.LossyImageCompression = "00"
    ds.TotalPixelMatrixRows, ds.TotalPixelMatrixColumns = rows, columns
    ds.TotalPixelMatrixFocalPlanes = 1
    ds.NumberOfOpticalPaths = 1
    ds.ImageOrientationSlide = [0, -1, 0, -1, 0, 0]
    # VR FL holds single precision.
    ds.ImagedVolumeWidth = float(np.float32(columns * _MICROMETRE))
    ds.ImagedVolumeHeight = float(np.float32(rows * _MICROMETRE))
    ds.ImagedVolumeDepth = 1.0
    ds.SpecimenLabelInImage = "NO"
    ds.FocusMethod = "AUTO"
    ds.ExtendedDepthOfField = "NO"
    ds.VolumetricProperties = "VOLUME"
    origin = Dataset()
    origin.XOffsetInSlideCoordinateSystem, origin.YOffsetInSlideCoordinateSystem = _ORIGIN
    ds.TotalPixelMatrixOriginSequence = [origin]
    ds.FrameOfReferenceUID = fixed_uid("slide")
    ds.PositionReferenceIndicator = "SLIDE_CORNER"


def _write_specimen(ds: Dataset) -> None:
    ds.ContainerIdentifier = "SYNTHETIC"
    ds.IssuerOfTheContainerIdentifierSequence = []
    ds.ContainerTypeCodeSequence = [_code("ContainerTypeCodeSequence")]
    specimen = Dataset()
    specimen.SpecimenIdentifier = "SYNTHETIC"
    specimen.SpecimenUID = fixed_uid("specimen")
    specimen.IssuerOfTheSpecimenIdentifierSequence = []
    specimen.SpecimenPreparationSequence = []
    ds.SpecimenDescriptionSequence = [specimen]
    ds.AcquisitionContextSequence = []
    path = Dataset()
    path.OpticalPathIdentifier = "1"
    path.IlluminationTypeCodeSequence = [_code("IlluminationTypeCodeSequence")]
    path.IlluminationColorCodeSequence = [_code("IlluminationColorCodeSequence")]
    path.ICCProfile = _srgb_profile()
    ds.OpticalPathSequence = [path]


def _srgb_profile() -> bytes:
    """Make an sRGB profile of the class that images have, without the moment of its making."""
    try:
        from PIL import ImageCms
    except ModuleNotFoundError as error:
        raise MissingDependencyError(
            "slides need an ICC profile, which Pillow makes", remedy="pip install pillow"
        ) from error
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[12:16] = b"scnr"  # an input profile (PS3.3 C.11.15.1.1)
    profile[24:36] = bytes(12)  # date and time (ICC.1 7.2.1)
    return bytes(profile) + b"\0" * (len(profile) % 2)


def _write_positions(
    ds: Dataset, groups: FunctionalGroups, down: int, across: int, tile: int
) -> None:
    row, column = (part.reshape(-1) for part in np.mgrid[0:down, 0:across])
    group = "PlanePositionSlideSequence"
    groups.set(f"{group}.RowPositionInTotalImagePixelMatrix", row * tile + 1)
    groups.set(f"{group}.ColumnPositionInTotalImagePixelMatrix", column * tile + 1)
    # Rows run against the Y axis of the slide, and columns against its X axis.
    x = _ORIGIN[0] - row * tile * _MICROMETRE
    y = _ORIGIN[1] - column * tile * _MICROMETRE
    groups.set(f"{group}.XOffsetInSlideCoordinateSystem", np.round(x, 6))
    groups.set(f"{group}.YOffsetInSlideCoordinateSystem", np.round(y, 6))
    groups.set(f"{group}.ZOffsetInSlideCoordinateSystem", np.zeros(len(row)))
    groups.set("FrameContentSequence.DimensionIndexValues", np.stack([row + 1, column + 1], axis=1))
    items = []
    for pointer in (0x0048021F, 0x0048021E):
        item = Dataset()
        item.DimensionOrganizationUID = fixed_uid("slide dimensions")
        item.DimensionIndexPointer = pointer
        item.FunctionalGroupPointer = 0x0048021A
        items.append(item)
    ds.DimensionIndexSequence = items
