"""Functional group macros: where they may stand, what they hold, and how to add others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache

from pydicom.datadict import dictionary_VM

from iodkit.errors import InvalidValueError
from iodkit.frames.macro_data import MACROS
from iodkit.frames.paths import parse_path

__all__ = ["Field", "Macro", "Placement", "find_macro", "known_macros", "register_macro"]


class Placement(Enum):
    """Where a functional group stands."""

    AUTO = "auto"
    SHARED = "shared"
    PER_FRAME = "per_frame"


@dataclass(frozen=True, slots=True)
class Field:
    """An attribute of a functional group macro.

    Attributes
    ----------
    path : str
        Path from the functional group's sequence to the attribute.
    vr : str
        VR by the data dictionary, empty if it is not in there.
    vm : str
        Value multiplicity by the data dictionary, such as ``"3"`` or ``"1-n"``.
    """

    path: str
    vr: str
    vm: str


@dataclass(frozen=True, slots=True)
class Macro:
    """A functional group macro (PS3.3 C.7.6.16.2 and the modality-specific ones).

    Attributes
    ----------
    sequence : str
        Keyword of the functional group's sequence.
    name : str
        Name of the macro in the standard.
    clause : str
        The clause that defines it.
    attributes : tuple of str
        Paths of its attributes below the sequence, keywords joined by dots.
    placement : Placement
        Where the macro has to stand; AUTO if it may stand in either place.
    many_items : bool
        Whether the sequence may have more than one item.
    """

    sequence: str
    name: str
    clause: str
    attributes: tuple[str, ...] = ()
    placement: Placement = Placement.AUTO
    many_items: bool = False

    @property
    def fields(self) -> tuple[Field, ...]:
        """The attributes with VR and VM."""
        found = []
        for attribute in self.attributes:
            path = parse_path(f"{self.sequence}.{attribute}")
            try:
                vm = dictionary_VM(path.leaf)
            except KeyError:
                vm = "1-n"
            found.append(Field(path.text, path.vr or "", vm))
        return tuple(found)


@cache
def _macros() -> dict[int, Macro]:
    known = {}
    for paragraph in MACROS.strip().split("\n\n"):
        head, name, *rest = paragraph.split("\n")
        sequence, clause, *flags = head.split()
        placement = Placement.AUTO
        for one in (Placement.SHARED, Placement.PER_FRAME):
            placement = one if one.value in flags else placement
        attributes = tuple(" ".join(rest).split())
        macro = Macro(sequence, name, f"PS3.3 {clause}", attributes, placement, "many" in flags)
        known[parse_path(sequence).group] = macro
    return known


def register_macro(macro: Macro) -> None:
    """Make a functional group macro known.

    Parameters
    ----------
    macro : Macro
        The macro; one for the same sequence that is known already is replaced.

    Raises
    ------
    InvalidValueError
        If its sequence or an attribute is neither in the data dictionary nor a tag.
    """
    where = parse_path(macro.sequence)
    if len(where.tags) != 1 or where.vr not in {"SQ", None}:
        raise InvalidValueError(
            "a functional group is a sequence", attribute=macro.sequence, found=where.vr
        )
    for attribute in macro.attributes:
        parse_path(f"{macro.sequence}.{attribute}")
    _macros()[where.group] = macro


def find_macro(sequence: str | int) -> Macro | None:
    """Look up the macro of a functional group.

    Parameters
    ----------
    sequence : str or int
        Keyword or tag of the functional group's sequence.

    Returns
    -------
    Macro or None
        The macro, None if none is known.
    """
    tag = parse_path(sequence).group if isinstance(sequence, str) else sequence
    return _macros().get(tag)


def known_macros() -> tuple[Macro, ...]:
    """List all known macros in the order of their tags."""
    return tuple(macro for _, macro in sorted(_macros().items()))
