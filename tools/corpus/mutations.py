"""Mutants of a valid object: an attribute deleted, emptied, wrong, repeated, or misplaced."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydicom.datadict import dictionary_VM, dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

from tools.corpus.places import Place, places

if TYPE_CHECKING:
    from collections.abc import Iterator


__all__ = ["Mutation", "applied", "mutations"]

# What no value of the VR may be (PS3.5 6.2).
_BAD_CONTENT = {
    "AS": b"12X ",
    "CS": b"lower case",
    "DA": b"20261399",
    "DS": b"abc ",
    "DT": b"2026139900",
    "IS": b"1.5x",
    "TM": b"256161",
    "UI": b"1.2.x\0",
    "SH": b"longer than sixteen characters",
    "AE": b"longer than sixteen characters",
    "LO": b"x" * 66,
}
_UNKNOWN_VALUES = {"CS": b"NOSUCHTERM", "US": b"\x4d\x00", "SS": b"\x4d\x00", "IS": b"77"}
_WIDTHS = {"US": 2, "SS": 2, "UL": 4, "SL": 4, "FL": 4, "FD": 8, "AT": 4}
_BACKSLASHED = frozenset(("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "PN", "SH", "TM", "UI"))


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change of one attribute.

    Parameters
    ----------
    kind : str
        ``"delete"``, ``"empty"``, ``"value"``, ``"content"``, ``"multiplicity"``, ``"vr"``,
        ``"empty-item"``, ``"extra-item"``, ``"moved"`` to the top, or ``"added-empty"``.
    place : Place
        What is changed.
    """

    kind: str
    place: Place

    @property
    def name(self) -> str:
        """str: Path of the attribute, and what is done to it."""
        return f"{self.place.path} {self.kind}"


def mutations(dataset: Dataset) -> Iterator[Mutation]:
    """Yield what can be done to the attributes of an object.

    Parameters
    ----------
    dataset : pydicom.Dataset
        A valid object.

    Yields
    ------
    Mutation
        Each kind that makes sense for an attribute: of an absent one only to add it empty.
    """
    for place in places(dataset):
        for kind in _kinds(place, place.holder(dataset).get(place.entry.tag)):
            yield Mutation(kind, place)


@contextmanager
def applied(mutation: Mutation, dataset: Dataset) -> Iterator[None]:
    """Change an object for a block.

    Parameters
    ----------
    mutation : Mutation
        The change.
    dataset : pydicom.Dataset
        The object; it is as before after the block.
    """
    place = mutation.place
    holder, tag = place.holder(dataset), BaseTag(place.entry.tag)
    kept = [(each, dict(each._dict)) for each in (holder, dataset)]  # noqa: SLF001 - to undo
    try:
        _change(mutation.kind, dataset, holder, tag)
        yield
    finally:
        for each, elements in kept:
            each._dict.clear()  # noqa: SLF001
            each._dict.update(elements)  # noqa: SLF001


def _kinds(place: Place, element: DataElement | None) -> Iterator[str]:
    if element is None:
        yield "added-empty"
        return
    yield "delete"
    if element.is_undefined_length and element.VR != "SQ":
        return  # encapsulated frames: pydicom writes nothing else under this syntax
    if not element.is_empty:
        yield "empty"
    if place.is_nested and element.tag not in place.top:
        yield "moved"
    if element.VR == "SQ":
        yield from _kinds_of_sequence(place, element)
    elif not element.is_empty:
        yield from _kinds_of_value(place, element)


def _kinds_of_sequence(place: Place, element: DataElement) -> Iterator[str]:
    if not element.value:
        return
    yield "empty-item"
    limits = [each.row.items for each in place.entry.definitions if each.row.items is not None]
    if limits and limits[-1].most == 1:
        yield "extra-item"


def _kinds_of_value(place: Place, element: DataElement) -> Iterator[str]:
    if element.VR in _UNKNOWN_VALUES and any(d.row.values for d in place.entry.definitions):
        yield "value"
    if element.VR in _BAD_CONTENT:
        yield "content"
    if element.VR in _WIDTHS or element.VR in _BACKSLASHED:
        multiplicity = dictionary_VM(element.tag)
        if "n" not in multiplicity:
            yield "multiplicity"
    if " or " not in dictionary_VR(element.tag):
        yield "vr"


def _change(kind: str, dataset: Dataset, holder: Dataset, tag: BaseTag) -> None:
    if kind == "delete":
        del holder[tag]
    elif kind == "added-empty":
        _put(holder, tag, dictionary_VR(tag).split(" or ")[0], b"")
    elif kind == "moved":
        element = holder[tag]
        del holder[tag]
        dataset[tag] = element
    elif holder[tag].VR == "SQ":
        _change_items(kind, holder, tag)
    else:
        _change_value(kind, holder, tag)


def _change_items(kind: str, holder: Dataset, tag: BaseTag) -> None:
    items = list(holder[tag].value)
    changed = {"empty": [], "empty-item": [Dataset()], "extra-item": [*items, items[0]]}[kind]
    holder[tag] = DataElement(tag, "SQ", Sequence(changed))


def _change_value(kind: str, holder: Dataset, tag: BaseTag) -> None:
    element = holder[tag]
    if kind == "empty":
        _put(holder, tag, element.VR, b"")
    elif kind == "value":
        _put(holder, tag, element.VR, _UNKNOWN_VALUES[element.VR])
    elif kind == "content":
        _put(holder, tag, element.VR, _BAD_CONTENT[element.VR])
    elif kind == "vr":
        vr, value = ("LT", b"text") if element.VR not in {"LT", "ST", "UT"} else ("CS", b"TEXT")
        _put(holder, tag, vr, value)
    else:
        _put(holder, tag, element.VR, _too_many(element))


def _too_many(element: DataElement) -> bytes:
    """One value more than the dictionary allows."""
    count = int(dictionary_VM(element.tag).partition("-")[2] or dictionary_VM(element.tag)) + 1
    if element.VR in _WIDTHS:
        return bytes(_WIDTHS[element.VR]) * count
    first = element.value if element.VM == 1 else element.value[0]
    value = b"\\".join([str(first).encode("ascii", "replace")] * count)
    return value + (b"\0" if element.VR == "UI" else b" ") * (len(value) % 2)


def _put(holder: Dataset, tag: BaseTag, vr: str, value: bytes) -> None:
    """Set a value that pydicom would refuse: as bytes that have been read."""
    if vr == "SQ":
        holder[tag] = DataElement(tag, "SQ", Sequence())
        return
    holder._dict[tag] = RawDataElement(  # noqa: SLF001 - assignment would decode it
        tag, vr, len(value), value, 0, is_implicit_VR=False, is_little_endian=True
    )
