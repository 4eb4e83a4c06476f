"""Which functional groups are shared and which are per frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.errors import InvalidValueError
from iodkit.frames.macro_catalogue import find_macro
from iodkit.frames.macros import Placement
from iodkit.frames.paths import parse_path

if TYPE_CHECKING:
    from iodkit.frames.pools import Pool

__all__ = ["GroupPlacements"]


class GroupPlacements:
    """Decides by content where groups go, within what the standard and the caller say.

    Parameters
    ----------
    number_of_frames : int
        Number of frames.
    """

    def __init__(self, number_of_frames: int) -> None:
        self._n = number_of_frames
        self._wanted: dict[int, Placement] = {}
        # Groups that came as columns: of a single frame, these stay with the frame.
        self._columns: set[int] = set()

    def note_column(self, tag: int) -> None:
        """Remember that a value per frame was given in a group."""
        self._columns.add(tag)

    def place(self, tag: int, placement: Placement | str) -> None:
        """Say where a functional group goes.

        Raises
        ------
        InvalidValueError
            If there is no such place, or the functional group may not stand there.
        """
        try:
            wanted = Placement(placement)
        except ValueError:
            raise InvalidValueError(
                "no such place",
                attribute="placement",
                found=placement,
                expected=" or ".join(repr(each.value) for each in Placement),
            ) from None
        macro = find_macro(tag)
        if (
            macro is not None
            and wanted not in {Placement.AUTO, macro.placement}
            and macro.placement is not Placement.AUTO
        ):
            raise InvalidValueError(
                f"this functional group has to be {macro.placement.value}",
                attribute=macro.sequence,
                found=wanted.value,
                clause=macro.clause,
            )
        self._wanted[tag] = wanted

    def is_shared(self, tag: int, pool: Pool) -> bool:
        """Tell whether a group goes into the shared functional groups.

        Parameters
        ----------
        tag : int
            Tag of the group's sequence.
        pool : Pool
            The group as encoded for each frame.

        Raises
        ------
        InvalidValueError
            If it has to be shared and differs between frames.
        """
        wanted = self._wanted.get(tag, Placement.AUTO)
        macro = find_macro(tag)
        if wanted is Placement.AUTO and macro is not None:
            wanted = macro.placement
        if wanted is Placement.PER_FRAME:
            return False
        if wanted is Placement.SHARED and not pool.is_constant:
            raise InvalidValueError(
                "this functional group differs between frames and cannot be shared",
                attribute=parse_path(f"{tag:08X}").text,
                clause="PS3.3 C.7.6.16",
            )
        if self._n == 1 and wanted is Placement.AUTO:
            return tag not in self._columns
        return pool.is_constant
