"""What each referee makes of a written segmentation, and what none of them can be asked."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import tempfile
import warnings
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom import dcmread
from pydicom.encaps import generate_frames
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from iodkit.standard.syntaxes import DEFLATED_IMAGE_FRAME, JPEG_XL_LOSSLESS
from referees import dciodvfy, highdicom, library, program
from seg_combinations import Combination, source_images, stored_shares

if TYPE_CHECKING:
    from collections.abc import Callable

NATIVE = (ImplicitVRLittleEndian, ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian)
PLACED = ("series", "multi-frame", "volume")


class Unread(Exception):  # noqa: N818 - it is what a referee says, and no error of ours
    """A referee does not read a file."""


@dataclass(frozen=True)
class Gap:
    """Files that a referee does not read, and why."""

    referee: str
    reason: str
    holds: Callable[[Combination], bool]
    is_asked: bool = True


GAPS = (
    Gap(
        "dcmqi",
        "its DCMTK has decoders for no other transfer syntaxes than the native ones and RLE",
        lambda c: c.syntax not in (*NATIVE, RLELossless),
    ),
    Gap(
        "dcmqi",
        "it wants an orientation in the patient's coordinates",
        lambda c: c.source not in PLACED,
    ),
    Gap(
        "highdicom",
        "neither it nor pydicom 3 decodes the transfer syntax",
        lambda c: c.syntax in (DEFLATED_IMAGE_FRAME, JPEG_XL_LOSSLESS),
    ),
    Gap(
        "SimpleITK",
        "its GDCM does not know the SOP class of label maps",
        lambda c: c.kind.type == "LABELMAP",
    ),
    Gap(
        "SimpleITK",
        "its GDCM does not know the transfer syntax",
        lambda c: c.syntax in (DEFLATED_IMAGE_FRAME, JPEG_XL_LOSSLESS),
    ),
    Gap("SimpleITK", "it wants a position in the patient's coordinates", lambda c: c.is_slide),
    Gap(
        "SimpleITK",
        "it takes frames of single bits for padded to whole bytes, and reads beyond them",
        lambda c: c.kind.type == "BINARY",
        is_asked=False,  # what it reads there is whatever lies in memory
    ),
    Gap(
        "pydicom-seg",
        "it does not know the SOP class of label maps",
        lambda c: c.kind.type == "LABELMAP",
    ),
    Gap(
        "pydicom-seg",
        "it wants position, orientation and spacing in the patient's coordinates",
        lambda c: c.source not in PLACED,
    ),
    Gap(
        "pydicom-seg",
        "pydicom 2 alone decodes no other transfer syntaxes than the native ones and RLE",
        lambda c: c.syntax not in (*NATIVE, RLELossless),
    ),
)


def gap(referee: str, combination: Combination) -> Gap | None:
    """Why a referee does not read a combination; ``None`` if it does."""
    return next((g for g in GAPS if g.referee == referee and g.holds(combination)), None)


def ask_dciodvfy(path: Path, combination: Combination) -> None:
    """No error; what it cannot unpack is unpacked by pydicom and zlib before."""
    with tempfile.TemporaryDirectory() as folder:
        if combination.syntax in (DeflatedExplicitVRLittleEndian, DEFLATED_IMAGE_FRAME):
            path = _unpacked(path, Path(folder) / "plain.dcm")
        errors = [m.text for m in dciodvfy(path) if m.severity == "Error"]
    assert not errors, "\n".join(errors)


def _unpacked(path: Path, target: Path) -> Path:
    dataset = dcmread(path)
    if dataset.file_meta.TransferSyntaxUID == DEFLATED_IMAGE_FRAME:
        frames = int(dataset.NumberOfFrames)
        streams = generate_frames(dataset.PixelData, number_of_frames=frames)
        planes = [zlib.decompress(stream, -15) for stream in streams]
        data = b"".join(planes)
        if dataset.BitsAllocated == 1:
            data = _joined_bits(planes, dataset.Rows * dataset.Columns)
        dataset.PixelData = data + b"\0" * (len(data) % 2)
        dataset["PixelData"].VR = "OW" if dataset.BitsAllocated == 16 else "OB"
        dataset["PixelData"].is_undefined_length = False
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.save_as(target, implicit_vr=False, little_endian=True)
    return target


def _joined_bits(planes: list[bytes], pixels: int) -> bytes:
    bits = [
        np.unpackbits(np.frombuffer(p, np.uint8), bitorder="little", count=pixels) for p in planes
    ]
    return np.packbits(np.concatenate(bits), bitorder="little").tobytes()


def ask_pydicom(path: Path, combination: Combination) -> None:
    """Every stored value; what pydicom does not decode goes through zlib and imagecodecs."""
    dataset = dcmread(path)
    shape = (int(dataset.NumberOfFrames), dataset.Rows, dataset.Columns)
    if combination.syntax == DEFLATED_IMAGE_FRAME:
        with tempfile.TemporaryDirectory() as folder:
            found = dcmread(_unpacked(path, Path(folder) / "plain.dcm")).pixel_array
    elif combination.syntax == JPEG_XL_LOSSLESS:
        codecs = library("imagecodecs", "imagecodecs")
        streams = generate_frames(dataset.PixelData, number_of_frames=shape[0])
        found = np.stack([codecs.jpegxl_decode(stream) for stream in streams])
    else:
        found = dataset.pixel_array
    found = found.reshape(shape)
    shares = _in_frames(dataset, combination)
    assert len(shares) == len(found)
    for number, (frame, expected) in enumerate(zip(found, shares, strict=True), 1):
        assert np.array_equal(frame, expected), f"frame {number}"


def _in_frames(dataset: Any, combination: Combination) -> list[np.ndarray]:
    """Expected pixels of each stored frame, by its references and its place in the matrix."""
    return [
        _expected_plane(combination, *place) for place in _places_of_frames(dataset, combination)
    ]


def _expected_plane(
    combination: Combination, plane: int, corner: tuple[int, int] | None, segment: int | None
) -> np.ndarray:
    """Stored values of a plane, or of the tile of it at a corner; labels without a segment."""
    shares = stored_shares(combination)[plane]
    if segment is not None:
        values = shares[..., combination.kind.numbers.index(segment)]
    else:
        values = np.zeros(shares.shape[:2], np.uint16)
        for index, number in enumerate(combination.kind.numbers):
            values[shares[..., index] > 0] = number
    if corner is None:
        return values
    tile = source_images(combination.source)[0]
    row, column = corner
    part = values[row : row + tile.Rows, column : column + tile.Columns]
    padding = [(0, tile.Rows - part.shape[0]), (0, tile.Columns - part.shape[1])]
    return np.pad(part, padding)


def _places_of_frames(
    dataset: Any, combination: Combination
) -> list[tuple[int, tuple[int, int] | None, int | None]]:
    """For each stored frame index of the plane, corner of the tile, and number of the segment."""
    images = source_images(combination.source)
    uids = [image.SOPInstanceUID for image in images]
    is_map = combination.kind.type == "LABELMAP"
    if combination.source == "slide, TILED_FULL":
        tile = images[0]
        corners = [
            (row, column)
            for row in range(0, tile.TotalPixelMatrixRows, tile.Rows)
            for column in range(0, tile.TotalPixelMatrixColumns, tile.Columns)
        ]
        segments = (None,) if is_map else combination.kind.numbers
        return [(0, corner, segment) for segment in segments for corner in corners]
    out: list[tuple[int, tuple[int, int] | None, int | None]] = []
    for item in dataset.PerFrameFunctionalGroupsSequence:
        segment = None
        if not is_map:
            segment = item.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        corner = None
        plane = 0
        if combination.is_slide:
            place = item.PlanePositionSlideSequence[0]
            corner = (
                place.RowPositionInTotalImagePixelMatrix - 1,
                place.ColumnPositionInTotalImagePixelMatrix - 1,
            )
        else:
            source = item.DerivationImageSequence[0].SourceImageSequence[0]
            plane = uids.index(source.ReferencedSOPInstanceUID)
            plane += int(source.get("ReferencedFrameNumber", 1)) - 1
        out.append((plane, corner, segment))
    return out


def ask_highdicom(path: Path, combination: Combination) -> None:
    """Every value of every segment, by the source frames or in the total pixel matrix."""
    images = source_images(combination.source)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            seg = highdicom().seg.segread(path)
            # As masks, it loses labels above 255.
            combine = combination.kind.bits == 16
            options = {"rescale_fractional": False, "combine_segments": combine}
            if combination.is_slide:
                found = seg.get_total_pixel_matrix(**options)[np.newaxis]
            elif combination.source == "multi-frame":
                numbers = range(1, int(images[0].NumberOfFrames) + 1)
                uid = images[0].SOPInstanceUID
                found = seg.get_pixels_by_source_frame(uid, list(numbers), **options)
            else:
                uids = [image.SOPInstanceUID for image in images]
                found = seg.get_pixels_by_source_instance(uids, **options)
        except ValueError as error:
            raise Unread(str(error)) from error
    assert seg.segment_numbers == list(combination.kind.numbers)
    if combine:
        found = np.stack([found == number for number in combination.kind.numbers], axis=-1)
    assert np.array_equal(found, stored_shares(combination))


def ask_simpleitk(path: Path, combination: Combination) -> None:
    """Every stored value, in the order of the file."""
    sitk = library("SimpleITK", "SimpleITK")
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            found = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))
        except RuntimeError as error:
            raise Unread(str(error)) from error
    assert np.array_equal(found, np.stack(_in_frames(dcmread(path), combination)))


def ask_dcmqi(path: Path, combination: Combination) -> None:
    """Every voxel of every segment at its place."""
    sitk = library("SimpleITK", "SimpleITK")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [program("segimage2itkimage", "dcmqi"), "--inputDICOM", path]
        command += ["--outputDirectory", folder, "-t", "nrrd"]
        command = [str(part) for part in command]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Unread((done.stdout + done.stderr)[-200:])
        groups = json.loads((folder / "meta.json").read_text())["segmentAttributes"]
        images = [sitk.ReadImage(str(folder / f"{n}.nrrd")) for n in range(1, len(groups) + 1)]
    found: dict[int, tuple[Any, np.ndarray]] = {}
    for group, image in zip(groups, images, strict=True):
        values = sitk.GetArrayFromImage(image)
        for item in group:
            number = item["labelID"]
            masks = values if combination.kind.type == "FRACTIONAL" else values == number
            found[number] = (_affine(image), masks)
    assert sorted(found) == list(combination.kind.numbers)
    for index, number in enumerate(combination.kind.numbers):
        assert_at_places(*found[number], combination, index)


def _affine(image: Any) -> np.ndarray:
    """From indices (column, row, plane) to places."""
    out = np.eye(4)
    out[:3, :3] = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
    out[:3, 3] = image.GetOrigin()
    return out


def assert_at_places(
    affine: np.ndarray, values: np.ndarray, combination: Combination, segment: int
) -> None:
    """Values (plane, row, column) of another program are ours at the places of the source."""
    expected = stored_shares(combination)[..., segment]
    inverse = np.linalg.inv(affine)
    for plane, place in zip(expected, _planes(combination), strict=True):
        rows, columns = np.indices(plane.shape).reshape(2, -1)
        points = place @ np.stack([columns, rows, np.zeros(len(rows)), np.ones(len(rows))])
        indices = (inverse @ points)[:3]
        rounded = np.rint(indices).astype(int)
        assert np.allclose(indices, rounded, atol=1e-2), "voxels lie beside those of the source"
        x, y, z = rounded
        inside = (z >= 0) & (z < values.shape[0])
        found = np.where(inside, values[np.where(inside, z, 0), y, x], 0)
        assert np.array_equal(found.reshape(plane.shape), plane)
    assert np.count_nonzero(values) == np.count_nonzero(expected)


def _planes(combination: Combination) -> list[np.ndarray]:
    """From (column, row, 0, 1) to places, for each source frame, as its attributes say."""
    return [
        _plane(group, *(image.get("SharedFunctionalGroupsSequence") or ()))
        for image in source_images(combination.source)
        for group in image.get("PerFrameFunctionalGroupsSequence") or [image]
    ]


def _plane(*groups: Any) -> np.ndarray:
    turn = _found("PlaneOrientationSequence", "ImageOrientationPatient", groups).reshape(2, 3)
    down, right = _found("PixelMeasuresSequence", "PixelSpacing", groups)
    out = np.eye(4)
    out[:3, 0], out[:3, 1] = turn[0] * right, turn[1] * down
    out[:3, 3] = _found("PlanePositionSequence", "ImagePositionPatient", groups)
    return out


def _found(sequence: str, keyword: str, groups: Any) -> np.ndarray:
    """A value of the first that has it: within the macro, or by itself."""
    holders = ((group.get(sequence) or [group])[0] for group in groups)
    return np.array(next(h[keyword].value for h in holders if keyword in h), float)


REFEREES: dict[str, Callable[[Path, Combination], None]] = {
    "dciodvfy": ask_dciodvfy,
    "pydicom": ask_pydicom,
    "highdicom": ask_highdicom,
    "dcmqi": ask_dcmqi,
    "SimpleITK": ask_simpleitk,
}
"""Those that live in this environment; pydicom-seg needs one of its own."""
