"""Frames on the disk, until it is known in which order they are stored."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit_seg.encoding.bitplanes import BitFrame
from iodkit_seg.encoding.frames import Payload, as_array
from iodkit_seg.encoding.workers import OrderedJobs

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from iodkit.io import Spool

__all__ = ["SpooledFrames"]


class SpooledFrames:
    """Frames in a spool, compressed already if they are to be.

    Parameters
    ----------
    spool : Spool
        Where their bytes go.
    rows, columns : int
        Size of a frame.
    dtype : numpy.dtype
        Type of the pixels of frames that are no single bits.
    compress : Callable[[numpy.ndarray], bytes] | None
        Compresses a frame; ``None`` if frames are native.
    workers : int | concurrent.futures.Executor, optional
        What compresses frames, as for :func:`iodkit_seg.encoding.workers.executor_for`.
    """

    def __init__(
        self,
        spool: Spool,
        rows: int,
        columns: int,
        dtype: np.dtype[Any],
        compress: Callable[[NDArray[Any]], bytes] | None,
        workers: int | Executor = 0,
    ) -> None:
        self._spool = spool
        self._shape = (rows, columns)
        self._dtype = dtype
        try:
            self._jobs = None if compress is None else OrderedJobs(compress, spool.append, workers)
        except BaseException:
            spool.close()
            raise
        # Zero bytes before what is kept of the packed bits of a frame.
        self._starts = array("q")

    def append(self, payload: Payload) -> None:
        """Keep a frame."""
        if self._jobs is not None:
            self._jobs.add(as_array(payload, *self._shape))
        elif isinstance(payload, BitFrame):
            self._spool.append(payload.packed)
            self._starts.append(payload.start)
        else:
            self._spool.append(np.ascontiguousarray(payload))

    def __getitem__(self, index: int) -> Payload:
        """Read a frame in the form in which it was kept."""
        self.finish()
        data = self._spool[index]
        if self._jobs is not None:
            return data
        if self._starts:
            return BitFrame(0, 0, self._starts[index], np.frombuffer(data, np.uint8))
        return np.frombuffer(data, self._dtype).reshape(self._shape)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """numpy.ndarray: Bytes of each frame in the spool, shape (frames,)."""
        self.finish()
        return self._spool.lengths

    def finish(self) -> None:
        """Wait until all frames are compressed."""
        if self._jobs is not None:
            self._jobs.finish()

    def close(self) -> None:
        """Forget the frames."""
        if self._jobs is not None:
            self._jobs.close()
        self._spool.close()
