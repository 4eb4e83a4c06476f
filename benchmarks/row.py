"""What a row of the benchmarks is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Row:
    """A job: `prepare` makes the input of one run, the sides do the work.

    `in_children` names the sides that leave the work to other processes; their memory is not
    measured.
    """

    name: str
    target: float
    prepare: Callable[[], Any]
    ours: Callable[[Any], object]
    highdicom: Callable[[Any], object]
    in_children: tuple[str, ...] = ()
