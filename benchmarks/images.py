"""What is measured of images: series with reading, parts of slides, single frames of files."""

from __future__ import annotations

import struct
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.data import ct_headers
from iodkit.testing import phantom

if TYPE_CHECKING:
    from pathlib import Path

PART = (1001, 3049, 1501, 3549)
# Of the frame that is read of files of many frames.
_NUMBER = 3000


def series_paths(folder: Path) -> list[Path]:
    """Files of a series of 300 CT images."""
    return ct_headers(folder / "series-300", 300, 512, 512, pixels=True)


def series_ours(paths: list[Path], **options: Any) -> object:
    """Volume of a series, reading included."""
    import iodkit as ik

    images = [ik.imread(path, lazy_frame_retrieval=True) for path in paths]
    return ik.get_volume_from_series(images, **options)


def series_highdicom(paths: list[Path]) -> object:
    """Volume of a series, reading included."""
    import highdicom as hd
    from pydicom import dcmread

    return hd.get_volume_from_series([dcmread(path) for path in paths])


def series_simpleitk(paths: list[Path]) -> object:
    """Volume of a series, reading included."""
    library: Any = import_module("SimpleITK")
    reader = library.ImageSeriesReader()
    reader.SetFileNames([str(path) for path in paths])
    return library.GetArrayFromImage(reader.Execute())


def series_pydicom(paths: list[Path]) -> object:
    """Volume of a series, reading included, as tutorials of pydicom make it."""
    from pydicom import dcmread
    from pydicom.pixels.processing import apply_modality_lut

    images = [dcmread(path) for path in paths]
    images.sort(key=lambda each: float(each.ImagePositionPatient[2]))
    return np.stack([apply_modality_lut(each.pixel_array, each) for each in images])


FRAME: dict[str, Any] = {
    "bits_allocated": 16,
    "bits_stored": 16,
    "photometric_interpretation": "MONOCHROME2",
    "pixel_representation": 0,
}


def ct_frames(folder: Path) -> list[Any]:
    """Twenty frames of the phantom, of 16 bits, made once."""
    target = folder / "frames-20x512x512.npy"
    if not target.exists():
        folder.mkdir(exist_ok=True)
        volume, _ = phantom.ct_arrays(20, 512, 512, variant="axial")
        np.save(target, (volume + 1024).astype(np.uint16))
    return list(np.load(target))


def encoded_frames(folder: Path, syntax: str) -> tuple[str, list[bytes]]:
    """Give twenty encoded frames, and their transfer syntax."""
    from iodkit_image import encode_frame

    return syntax, [encode_frame(frame, syntax, **FRAME) for frame in ct_frames(folder)]


def encode_ours(frames: list[Any]) -> object:
    """Encode frames as RLE."""
    from iodkit_image import encode_frame

    return [encode_frame(frame, "1.2.840.10008.1.2.5", **FRAME) for frame in frames]


def encode_highdicom(frames: list[Any]) -> object:
    """Encode frames as RLE."""
    from highdicom.frame import encode_frame

    return [encode_frame(frame, "1.2.840.10008.1.2.5", **FRAME) for frame in frames]


def decode_ours(job: tuple[str, list[bytes]]) -> object:
    """Decode frames."""
    from iodkit_image import decode_frame

    syntax, frames = job
    return [decode_frame(each, syntax, 512, 512, 1, **FRAME) for each in frames]


def decode_highdicom(job: tuple[str, list[bytes]]) -> object:
    """Decode frames."""
    from highdicom.frame import decode_frame

    syntax, frames = job
    return [decode_frame(each, syntax, 512, 512, 1, **FRAME) for each in frames]


def decode_charls(job: tuple[str, list[bytes]]) -> object:
    """Decode frames of JPEG-LS with nothing but the codec."""
    library: Any = import_module("jpeg_ls")
    return [library.decode_pixel_data(each) for each in job[1]]


def slide_path(folder: Path, organization: str, size: int = 20000, tile: int = 256) -> Path:
    """File of a grey slide of `size` × `size` pixels, written once."""
    target = folder / f"slide-{size}-{organization}.dcm"
    if target.exists():
        return target
    factor = 8
    small = phantom.slide_image(
        size // factor, size // factor, tile // factor, organization=organization
    )
    for path in small.OpticalPathSequence:
        path.pop("ICCProfile", None)
    small.SamplesPerPixel, small.PhotometricInterpretation = 1, "MONOCHROME2"
    del small.PlanarConfiguration
    small.TotalPixelMatrixRows = small.TotalPixelMatrixColumns = size
    small.Rows = small.Columns = tile
    for group in small.get("PerFrameFunctionalGroupsSequence", ()):
        place = group.PlanePositionSlideSequence[0]
        for axis in ("Row", "Column"):
            keyword = f"{axis}PositionInTotalImagePixelMatrix"
            setattr(place, keyword, (getattr(place, keyword) - 1) * factor + 1)
    rng = np.random.default_rng(1)
    small.PixelData = rng.bytes(int(small.NumberOfFrames) * tile * tile)
    small.save_as(target, enforce_file_format=True)
    return target


def huge_path(folder: Path) -> Path:
    """File of 10 GB: frames of a megabyte that are holes, but for one in RLE."""
    target = folder / "sparse-10-gb.dcm"
    if target.exists():
        return target
    from pydicom.uid import RLELossless

    from iodkit_image import encode_frame

    syntax, frames, slot = RLELossless, 10240, 1 << 20
    encoded = encode_frame(ct_frames(folder)[10], syntax, **FRAME)
    image = phantom.enhanced_ct(2, 16, 16)
    del image.PerFrameFunctionalGroupsSequence, image.PixelData
    image.NumberOfFrames, image.Rows, image.Columns = frames, 512, 512
    image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 15, 0
    image.file_meta.TransferSyntaxUID = syntax
    offsets = np.arange(frames, dtype="<u8") * slot
    image.add_new("ExtendedOffsetTable", "OV", offsets.tobytes())
    lengths = np.full(frames, len(encoded), "<u8")
    image.add_new("ExtendedOffsetTableLengths", "OV", lengths.tobytes())
    image.save_as(target, enforce_file_format=True)
    with target.open("ab") as file:
        file.write(struct.pack("<HH2s2xI", 0x7FE0, 0x0010, b"OB", 0xFFFFFFFF))
        file.write(struct.pack("<HHI", 0xFFFE, 0xE000, 0))
        start = file.tell()
        file.truncate(start + frames * slot)
        file.seek(0, 2)
        file.write(struct.pack("<HHI", 0xFFFE, 0xE0DD, 0))
    with target.open("r+b") as file:
        file.seek(start + (_NUMBER - 1) * slot)
        file.write(struct.pack("<HHI", 0xFFFE, 0xE000, slot - 8) + encoded)
    return target


def open_ours(path: Path) -> Any:
    """Open a slide lazily."""
    import iodkit as ik

    return ik.read(path)


def open_highdicom(path: Path) -> Any:
    """Open a slide lazily."""
    import highdicom as hd

    return hd.imread(path, lazy_frame_retrieval=True)


def part_of(image: Any) -> object:
    """Read a part of 2048 × 2048 pixels."""
    return image.get_total_pixel_matrix(*PART, dtype=np.uint8)


def part_ours(images: tuple[Any, Any]) -> object:
    """Read a part of a slide that is open."""
    return part_of(images[0])


def part_highdicom(images: tuple[Any, Any]) -> object:
    """Read a part of a slide that is open."""
    return part_of(images[1])


def frame_ours(path: Path) -> object:
    """Open a file and read one frame."""
    return open_ours(path).get_stored_frame(_NUMBER)


def frame_highdicom(path: Path) -> object:
    """Open a file and read one frame."""
    return open_highdicom(path).get_stored_frame(_NUMBER)
