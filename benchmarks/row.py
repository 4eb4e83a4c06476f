"""What a row of the benchmarks is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Row:
    """A job: `prepare` makes the input of one run, the sides do the work.

    Memory is not measured where the sides leave the work to processes of their own.
    """

    name: str
    target: float
    prepare: Callable[[], Any]
    ours: Callable[[Any], object]
    highdicom: Callable[[Any], object]
    in_children: bool = False
