"""Compression of frames by several processes, or by whatever callers bring."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidTypeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from numpy.typing import NDArray

__all__ = ["OrderedJobs", "executor_for"]

# Frames that wait for each processor: none idles, and memory stays bounded.
_WAITING = 4


@contextmanager
def executor_for(workers: int | Executor) -> Iterator[Executor | None]:
    """Give what runs jobs; its own processes end with the block.

    Parameters
    ----------
    workers : int | concurrent.futures.Executor
        Number of processes, as many as there are processors if negative; or what runs jobs, which
        stays open.

    Yields
    ------
    concurrent.futures.Executor | None
        ``None`` for no processes.

    Raises
    ------
    InvalidTypeError
        If it is neither.
    """
    if isinstance(workers, Executor):
        yield workers
        return
    if isinstance(workers, bool) or not isinstance(workers, int):
        raise InvalidTypeError(
            "wrong type",
            attribute="workers",
            found=type(workers).__name__,
            expected="a number of processes, or a concurrent.futures.Executor",
        )
    if workers == 0:
        yield None
        return
    with ProcessPoolExecutor(workers if workers > 0 else os.cpu_count()) as executor:
        yield executor


class OrderedJobs:
    """Has arrays worked on by others, and hands on the results in the order of the arrays.

    Parameters
    ----------
    job : Callable[[numpy.ndarray], bytes]
        What is done with each array; it can be pickled.
    hand_on : Callable[[bytes], None]
        Takes the results, in the thread that adds arrays.
    workers : int | concurrent.futures.Executor
        As for :func:`executor_for`; 0 works at once, here.
    """

    def __init__(
        self,
        job: Callable[[NDArray[Any]], bytes],
        hand_on: Callable[[bytes], None],
        workers: int | Executor = 0,
    ) -> None:
        self._job = job
        self._hand_on = hand_on
        self._block = ExitStack()
        self._executor = self._block.enter_context(executor_for(workers))
        self._waiting: deque[Future[bytes]] = deque()
        self._most = _WAITING * (os.cpu_count() or 1)

    def add(self, array: NDArray[Any]) -> None:
        """Add an array; it may change afterwards.

        Parameters
        ----------
        array : numpy.ndarray
            The array.
        """
        if self._executor is None:
            self._hand_on(self._job(array))
            return
        self._waiting.append(self._executor.submit(self._job, np.array(array)))
        while len(self._waiting) > self._most:
            self._hand_on_first()

    def finish(self) -> None:
        """Wait for all results."""
        while self._waiting:
            self._hand_on_first()

    def close(self) -> None:
        """Forget what is not done yet, and end own processes."""
        while self._waiting:
            self._waiting.pop().cancel()
        self._block.close()

    def _hand_on_first(self) -> None:
        self._hand_on(self._waiting.popleft().result())
