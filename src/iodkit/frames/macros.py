"""What a functional group macro is: where it may stand, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pydicom.datadict import dictionary_VM
from pydicom.valuerep import VR

from iodkit.errors import InvalidValueError
from iodkit.frames.paths import parse_path

__all__ = ["Field", "Macro", "Placement"]

_VRS = frozenset(vr.value for vr in VR if " " not in vr.value)


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
        VR by the macro or else by the data dictionary, empty if neither says it.
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
        Keyword of the functional group's sequence, or its tag as ``ggggeeee``.
    name : str
        Name of the macro in the standard.
    clause : str
        The clause that defines it.
    attributes : tuple of str
        Paths of its attributes below the sequence, keywords joined by dots.  A private attribute
        is a tag with its VR behind a colon, ``"00191110:DS"``.
    placement : Placement
        Where the macro has to stand; AUTO if it may stand in either place.
    many_items : bool
        Whether the sequence may have more than one item.

    Raises
    ------
    InvalidValueError
        If the sequence or an attribute is neither in the data dictionary nor a tag.
    """

    sequence: str
    name: str
    clause: str
    attributes: tuple[str, ...] = ()
    placement: Placement = Placement.AUTO
    many_items: bool = False

    def __post_init__(self) -> None:
        where = parse_path(self.sequence)
        if len(where.tags) != 1 or where.vr not in {"SQ", None}:
            raise InvalidValueError(
                "a functional group is a sequence", attribute=self.sequence, found=where.vr
            )
        for attribute in self.attributes:
            self._field(attribute)

    @property
    def tag(self) -> int:
        """Tag of the functional group's sequence."""
        return parse_path(self.sequence).group

    @property
    def fields(self) -> tuple[Field, ...]:
        """The attributes with VR and VM."""
        return tuple(map(self._field, self.attributes))

    def _field(self, attribute: str) -> Field:
        name, _, given = attribute.partition(":")
        if given and given not in _VRS:
            raise InvalidValueError("no such VR", attribute=attribute, found=given)
        path = parse_path(f"{self.sequence}.{name}")
        try:
            vm = dictionary_VM(path.leaf)
        except KeyError:
            vm = "1-n"
        return Field(path.text, path.vr or given, vm)
