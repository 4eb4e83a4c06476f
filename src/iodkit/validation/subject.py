"""What rules look at: an object, the items in it, and its frames, without changing it."""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom.dataelem import RawDataElement
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag
from pydicom.uid import UID

from iodkit.attributes import Fault
from iodkit.attributes.findings import join_path
from iodkit.dataset import SOPClass
from iodkit.errors import IodkitError
from iodkit.frames.instances import PER_FRAME, encoded_items
from iodkit.validation.content import CONTENT
from iodkit.validation.representatives import DistinctValue, choose_representatives

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydicom.dataset import Dataset

    from iodkit.attributes import Finding
    from iodkit.frames import FrameTable
    from iodkit.frames.groups import EncodedItems
    from iodkit.validation.content import ReducedContent

__all__ = ["Subject", "name_of", "vr_of"]

_PER_FRAME_TAG, _PER_FRAME_NAME = PER_FRAME
_MANY_FRAMES = 32
_MUCH_CONTENT = 1 << 15
_READ_ERRORS = (IodkitError, ValueError, NotImplementedError, KeyError, TypeError, EOFError)


class Subject:
    """An object that is being checked.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object; neither it nor its items are changed.

    Attributes
    ----------
    dataset : SOPClass
        A shallow copy of the object, whatever class it has.
    damage : list of Fault
        What could not be decoded on the way.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = copy.copy(SOPClass.from_dataset(dataset, copy=False))
        self.damage: list[Fault] = []
        self._frame_numbers: list[int] | None = None
        self._reduce()
        self._content = self._reduce_content()

    @property
    def sop_class_uid(self) -> str:
        """str: SOP class, empty if there is none."""
        return str(self.get("SOPClassUID") or "")

    @property
    def sop_class_name(self) -> str:
        """str: Name of the SOP class, empty if there is none."""
        return UID(self.sop_class_uid).name if self.sop_class_uid else ""

    @cached_property
    def frame_table(self) -> FrameTable | None:
        """FrameTable | None: Its frames; None if they cannot be read."""
        try:
            return self.dataset.frame_table
        except _READ_ERRORS:
            return None

    @cached_property
    def per_frame_items(self) -> EncodedItems | None:
        """EncodedItems | None: Items of the per-frame functional groups, as encoded."""
        try:
            return encoded_items(self.dataset, *PER_FRAME)
        except _READ_ERRORS:
            return None

    def get(self, keyword: str, item: Dataset | None = None) -> Any:
        """Return a value, or None if there is none that can be decoded.

        Parameters
        ----------
        keyword : str
            Keyword of the attribute.
        item : pydicom.Dataset | None, optional
            An item instead of the object.

        Returns
        -------
        Any
            The value; None as well for an empty one.
        """
        try:
            value = (self.dataset if item is None else item).get(keyword)
        except _READ_ERRORS:
            return None
        return None if value is None or value == "" else value

    def meta(self, keyword: str) -> str:
        """Return a value of the file meta information (PS3.10 7.1).

        Parameters
        ----------
        keyword : str
            Keyword of the attribute.

        Returns
        -------
        str
            The value as a text; empty if there is none that can be decoded.
        """
        meta = getattr(self.dataset, "file_meta", None)
        return "" if meta is None else str(self.get(keyword, meta) or "")

    @property
    def transfer_syntax(self) -> UID | None:
        """UID | None: Transfer syntax of the file; None if it is unknown or private."""
        syntax = UID(self.meta("TransferSyntaxUID"))
        return syntax if syntax.is_transfer_syntax and not syntax.is_private else None

    def number(self, keyword: str, item: Dataset | None = None) -> int | None:
        """Return a single whole number, or None.

        Parameters
        ----------
        keyword : str
            Keyword of the attribute.
        item : pydicom.Dataset | None, optional
            An item instead of the object.

        Returns
        -------
        int | None
            The number.
        """
        value = self.get(keyword, item)
        try:
            return int(value)
        except (TypeError, ValueError):
            return None

    @cached_property
    def items(self) -> list[tuple[str, Dataset]]:
        """list: Path and dataset of the object itself (path ``""``) and of each item in it.

        Of many per-frame functional groups there are those that represent all layouts and,
        of attributes with few values, all values; of many content items those that represent
        all, see `weigh`.
        """
        below = ((self.original_path(path), item) for path, item in self._walk(self.reduced, ""))
        return [("", self.reduced), *below]

    @cached_property
    def reduced(self) -> Dataset:
        """pydicom.Dataset: The object with those functional groups and items that represent all."""
        twin = self.dataset
        if self._frame_numbers is not None and self.per_frame_items is not None:
            twin = self._with_sequence(twin, _PER_FRAME_TAG, *self._few_frames())
        if self._content is not None:
            stored: Any = self.dataset.get_item(BaseTag(CONTENT), keep_deferred=True)
            implicit = bool(stored.is_implicit_VR)
            twin = self._with_sequence(twin, CONTENT, self._content.value, implicit)
        return twin

    def _few_frames(self) -> tuple[bytes, bool]:
        assert self.per_frame_items is not None
        level = self.per_frame_items.level(())
        pieces = []
        for number in self._frame_numbers or ():
            start, stop = int(level.starts[number - 1]), int(level.stops[number - 1])
            content = level.buffer[start:stop]
            pieces.append(b"\xfe\xff\x00\xe0" + len(content).to_bytes(4, "little") + content)
        return b"".join(pieces), level.implicit_vr

    @staticmethod
    def _with_sequence(dataset: SOPClass, number: int, value: bytes, implicit: bool) -> SOPClass:
        twin = copy.copy(dataset)
        tag = BaseTag(number)
        vr = None if implicit else "SQ"
        twin[tag] = RawDataElement(tag, vr, len(value), value, 0, implicit, True)
        return twin

    @cached_property
    def other_values(self) -> list[DistinctValue]:
        """list of DistinctValue: Values in functional groups that `items` leaves out."""
        return self._others

    def original_path(self, path: str) -> str:
        """Turn a path in `reduced` into one in the object.

        Parameters
        ----------
        path : str
            A path whose functional groups are counted in `reduced`.

        Returns
        -------
        str
            The same with the number of the frame, or with those of the content items.
        """
        if self._content is not None and path.startswith("ContentSequence["):
            return self._content.original_path(path)
        head = f"{_PER_FRAME_NAME}["
        if self._frame_numbers is None or not path.startswith(head):
            return path
        number, _, rest = path[len(head) :].partition("]")
        return f"{head}{self._frame_numbers[int(number) - 1]}]{rest}"

    def weigh(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Count what was found in a content item as often as it is there.

        Parameters
        ----------
        findings : iterable of Finding
            Findings, with their paths in the object.

        Yields
        ------
        Finding
            The findings, but for those in items that are there for the sake of those below.
        """
        for finding in findings:
            times = 1 if self._content is None else self._content.weight(finding.path)
            if times:
                yield finding if times == 1 else replace(finding, count=finding.count * times)

    def _reduce_content(self) -> ReducedContent | None:
        if CONTENT not in self.dataset:
            return None
        stored = self.dataset.get_item(BaseTag(CONTENT), keep_deferred=True)
        if not isinstance(stored, RawDataElement) or len(stored.value or b"") < _MUCH_CONTENT:
            return None
        from iodkit.validation.reducing import reduced_content  # what rules know stands above

        return reduced_content(self, stored)

    def _reduce(self) -> None:
        self._others: list[DistinctValue] = []
        stored = (
            self.dataset.get_item(BaseTag(_PER_FRAME_TAG), keep_deferred=True)
            if (_PER_FRAME_TAG in self.dataset)
            else None
        )
        items = self.per_frame_items if isinstance(stored, RawDataElement) else None
        if items is None:
            return
        try:
            if len(items) <= _MANY_FRAMES:
                return
            chosen = choose_representatives(items)
        except _READ_ERRORS:
            return
        self._frame_numbers = [row + 1 for row in chosen.rows]
        self._others = chosen.others

    def _walk(self, item: Dataset, path: str) -> Iterator[tuple[str, Dataset]]:
        for tag in sorted(item.keys()):
            if vr_of(item.get_item(tag, keep_deferred=True)) != "SQ":
                continue
            name = join_path(path, name_of(tag))
            try:
                children = item[tag].value
            except _READ_ERRORS as error:
                where, expected = self.original_path(name), "a sequence that can be read"
                self.damage.append(Fault(where, str(error)[:200], expected))
                continue
            if not isinstance(children, Sequence):
                continue
            for number, child in enumerate(children, 1):
                below = f"{name}[{number}]"
                yield below, child
                yield from self._walk(child, below)


def vr_of(element: Any) -> str:
    """Return the VR of an element as stored, that of the dictionary if it has none.

    Parameters
    ----------
    element : pydicom.DataElement | pydicom.dataelem.RawDataElement
        The element.

    Returns
    -------
    str
        The VR; ``"UN"`` if nobody knows.
    """
    vr = element.VR
    if vr and vr != "UN":
        return str(vr)
    try:
        return dictionary_VR(element.tag)
    except KeyError:
        return "UN"


def name_of(tag: int) -> str:
    """Return the keyword of a tag, or the tag as ``"(ggggeeee)"``.

    Parameters
    ----------
    tag : int
        The tag.

    Returns
    -------
    str
        How paths call it.
    """
    return keyword_for_tag(tag) or f"({tag:08X})"
