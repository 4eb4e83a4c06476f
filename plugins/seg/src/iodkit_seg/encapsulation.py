"""The value of Pixel Data: native frames, or compressed ones in fragments (PS3.5 8.2, A.4)."""

from __future__ import annotations

import os
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.uid import UID

from iodkit.errors import InvalidTypeError
from iodkit.standard.syntaxes import is_compressed
from iodkit_image.pixels.encoding import encode_frame

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit_seg.encoding import EncodedFrames

__all__ = ["write_fragments", "write_pixel_data"]

_PIXEL_DATA = 0x7FE00010
# Frames that a process gets at once.
_CHUNK = 8


def write_pixel_data(
    dataset: Dataset,
    frames: EncodedFrames,
    *,
    use_extended_offset_table: bool = False,
    workers: int | Executor = 0,
) -> None:
    """Write Pixel Data, and offset tables where frames are compressed.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The segmentation, with its transfer syntax and the description of its pixels.
    frames : EncodedFrames
        Its frames.
    use_extended_offset_table : bool, optional
        Whether compressed frames get an extended offset table (PS3.3 C.7.6.3.1.8).
    workers : int | concurrent.futures.Executor, optional
        Processes that compress frames, as many as there are processors if negative; or what runs
        them.  None by default.
    """
    syntax = UID(dataset.file_meta.TransferSyntaxUID)
    bits = frames.bits_allocated
    if not is_compressed(syntax):
        dataset.add_new(_PIXEL_DATA, "OW" if bits > 8 else "OB", frames.native_pixel_data())
        return
    job = partial(
        encode_frame,
        transfer_syntax_uid=syntax,
        bits_allocated=bits,
        bits_stored=bits,
        photometric_interpretation=str(dataset.PhotometricInterpretation),
    )
    encoded = _run(job, frames.arrays(int(dataset.Rows), int(dataset.Columns)), workers)
    write_fragments(dataset, encoded, use_extended_offset_table=use_extended_offset_table)


def write_fragments(
    dataset: Dataset, encoded: list[bytes], *, use_extended_offset_table: bool = False
) -> None:
    """Write compressed frames as Pixel Data, with their offset table.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The segmentation.
    encoded : list[bytes]
        Its frames.
    use_extended_offset_table : bool, optional
        Whether there is an extended offset table, instead of a basic one.
    """
    if use_extended_offset_table:
        value, offsets, lengths = encapsulate_extended(encoded)
        dataset.ExtendedOffsetTable = offsets
        dataset.ExtendedOffsetTableLengths = lengths
    else:
        value = encapsulate(encoded)
    dataset.add_new(_PIXEL_DATA, "OB", value)
    dataset["PixelData"].is_undefined_length = True


def _run(job: Any, arrays: Iterable[NDArray[Any]], workers: int | Executor) -> list[bytes]:
    """Compress frames, here or elsewhere; the order stays."""
    if isinstance(workers, Executor):
        return list(workers.map(job, arrays, chunksize=_CHUNK))
    if isinstance(workers, bool) or not isinstance(workers, int):
        raise InvalidTypeError(
            "wrong type",
            attribute="workers",
            found=type(workers).__name__,
            expected="a number of processes, or a concurrent.futures.Executor",
        )
    if workers == 0:
        return [job(array) for array in arrays]
    with ProcessPoolExecutor(workers if workers > 0 else os.cpu_count()) as executor:
        return list(executor.map(job, arrays, chunksize=_CHUNK))
