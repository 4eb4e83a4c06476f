"""The value of Pixel Data: native frames, or compressed ones in fragments (PS3.5 8.2, A.4)."""

from __future__ import annotations

from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.uid import UID

from iodkit.dataset import attach_pixel_data
from iodkit.standard.syntaxes import is_compressed
from iodkit_image.pixels.encapsulation import Encapsulation
from iodkit_image.pixels.encoding import encode_frame, encode_frames
from iodkit_seg.encoding.workers import executor_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit_seg.encoding.frames import EncodedFrames

__all__ = ["frame_compressor", "native_vr", "write_fragments", "write_pixel_data"]

_PIXEL_DATA = 0x7FE00010
# Small frames are encoded together: 1 MB of 16-bit pixels at once.
_BATCH_PIXELS = 1 << 19
# Batches that a process gets at once.
_CHUNK = 4


def write_pixel_data(
    dataset: Dataset,
    frames: EncodedFrames,
    size: tuple[int, int],
    *,
    use_extended_offset_table: bool | None = False,
    workers: int | Executor = 0,
) -> None:
    """Write Pixel Data, and offset tables where frames are compressed.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The segmentation, with its transfer syntax and the description of its pixels.
    frames : EncodedFrames
        Its frames.
    size : tuple[int, int]
        Their rows and columns.
    use_extended_offset_table : bool | None, optional
        Whether compressed frames get an extended offset table (PS3.3 C.7.6.3.1.8); ``None`` for
        only where they need it.
    workers : int | concurrent.futures.Executor, optional
        Processes that compress frames, as many as there are processors if negative; or what runs
        them.  None by default.
    """
    bits = frames.bits_allocated
    arguments = _coding(
        dataset.file_meta.TransferSyntaxUID, bits, str(dataset.PhotometricInterpretation)
    )
    if arguments is None:
        attach_pixel_data(dataset, native_vr(bits), frames.native_pieces(*size))
        return
    batches = _batches(frames.arrays(*size), max(1, _BATCH_PIXELS // (size[0] * size[1])))
    encoded = _run(partial(encode_frames, **arguments), batches, workers)
    write_fragments(dataset, encoded, use_extended_offset_table=use_extended_offset_table)


def write_fragments(
    dataset: Dataset,
    encoded: Sequence[bytes],
    *,
    use_extended_offset_table: bool | None = False,
) -> None:
    """Write compressed frames as Pixel Data, with their offset tables.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The segmentation.
    encoded : Sequence[bytes]
        Its frames.
    use_extended_offset_table : bool | None, optional
        Whether there is an extended offset table; ``None`` for only where it is needed.
    """
    encapsulation = Encapsulation.plan(
        [len(codestream) for codestream in encoded], extended=use_extended_offset_table
    )
    encapsulation.write_tables(dataset)
    dataset.add_new(_PIXEL_DATA, "OB", b"".join(encapsulation.pieces(encoded)))
    dataset["PixelData"].is_undefined_length = True


def native_vr(bits_allocated: int) -> str:
    """Value representation of native pixel data (PS3.5 A.2)."""
    return "OW" if bits_allocated > 8 else "OB"


def frame_compressor(
    syntax: UID | str, bits_allocated: int, photometric_interpretation: str
) -> Callable[[NDArray[Any]], bytes] | None:
    """Make what compresses a frame.

    Parameters
    ----------
    syntax : pydicom.uid.UID | str
        Transfer syntax.
    bits_allocated : int
        Bits of a pixel.
    photometric_interpretation : str
        Meaning of the pixels.

    Returns
    -------
    Callable[[numpy.ndarray], bytes] | None
        Compresses a frame of shape (rows, columns); it can be pickled.  ``None`` where frames
        are native.
    """
    arguments = _coding(syntax, bits_allocated, photometric_interpretation)
    return None if arguments is None else partial(encode_frame, **arguments)


def _coding(syntax: UID | str, bits_allocated: int, meaning: str) -> dict[str, Any] | None:
    """How frames are compressed; None if they are not."""
    if not is_compressed(syntax):
        return None
    return {
        "transfer_syntax_uid": UID(syntax),
        "bits_allocated": bits_allocated,
        "bits_stored": bits_allocated,
        "photometric_interpretation": meaning,
    }


def _batches(arrays: Iterable[NDArray[Any]], count: int) -> Iterator[NDArray[Any]]:
    """Put frames together, as many as are encoded at once."""
    remaining = iter(arrays)
    while batch := list(islice(remaining, count)):
        yield np.stack(batch)


def _run(job: Any, batches: Iterable[NDArray[Any]], workers: int | Executor) -> list[bytes]:
    """Compress frames, here or elsewhere; the order stays."""
    with executor_for(workers) as executor:
        if executor is None:
            return list(chain.from_iterable(map(job, batches)))
        return list(chain.from_iterable(executor.map(job, batches, chunksize=_CHUNK)))
