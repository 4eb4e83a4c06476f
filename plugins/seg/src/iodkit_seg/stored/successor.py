"""Writing a new segmentation from frames and descriptions of existing ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.charset import default_encoding
from pydicom.dataelem import DataElement
from pydicom.uid import ExplicitVRBigEndian

from iodkit.context import generate_uid
from iodkit.dataset.checking import check_if_wanted
from iodkit.frames import StoredGroups, attach_sequences, encoding_of
from iodkit.io import encode_items
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.segments.colors import with_color
from iodkit_seg.segments.description import check_descriptions
from iodkit_seg.stored.frames import StoredFrames
from iodkit_seg.stored.overlap import find_overlap
from iodkit_seg.stored.places import dimension_values, is_segment_dimension, place_codes
from iodkit_seg.stored.succession import begin_successor, fit_character_set

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Unpack

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit.frames import FunctionalGroups
    from iodkit_seg.segments.description import SegmentDescription
    from iodkit_seg.sop import Segmentation
    from iodkit_seg.stored.options import InstanceOptions

__all__ = ["Successor"]

_SEGMENT_SEQUENCE = 0x00620002
_FRAMES = (
    "PixelData",
    "ExtendedOffsetTable",
    "ExtendedOffsetTableLengths",
    "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
)
_PER_FRAME = "PerFrameFunctionalGroupsSequence"
_IDENTIFICATION = "SegmentIdentificationSequence"
_INDICES = "FrameContentSequence.DimensionIndexValues"


@dataclass(frozen=True, slots=True, eq=False)
class Successor:
    """What a new segmentation is made of.

    Parameters
    ----------
    predecessors : tuple[Segmentation, ...]
        What it is made from; it has the attributes of the first, where nothing else is said.
    derivation : str
        What was done, for people.
    descriptions : Sequence[SegmentDescription]
        Its segments; the background of a label map is taken over.
    frames : StoredFrames | None
        Its frames; ``None`` if they are those of the predecessor, as they are.
    attributes : Mapping[str, object]
        Keywords, and values or elements, of further attributes; ``None`` for those to be removed.
    edits : Mapping[str, Callable]
        Changes of functional groups; see :meth:`iodkit.frames.StoredGroups.take`.
    columns : Mapping[str, numpy.ndarray]
        Paths and columns of functional groups that are new.
    reindexed : bool
        Whether frames get new dimension index values for their places.
    complete : Callable | None
        Sets further functional groups.
    """

    predecessors: tuple[Segmentation, ...]
    derivation: str
    descriptions: Sequence[SegmentDescription]
    frames: StoredFrames | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    edits: Mapping[str, Callable[[Dataset], None]] = field(default_factory=dict)
    columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    reindexed: bool = False
    complete: Callable[[FunctionalGroups], None] | None = None

    def make(self, **options: Unpack[InstanceOptions]) -> Segmentation:
        """Make the new segmentation.

        Parameters
        ----------
        **options : Unpack[InstanceOptions]
            Attributes of the new instance.

        Returns
        -------
        Segmentation
            A new instance; the predecessors are as they were.
        """
        frames = self.frames
        if frames is None and self.predecessors[0].transfer_syntax_uid == ExplicitVRBigEndian:
            frames = StoredFrames.of(self.predecessors[0])
        without = (*(() if frames is None else _FRAMES), "SegmentSequence")
        background = _background(self.predecessors[0])
        new = begin_successor(
            self.predecessors,
            self.derivation,
            without,
            () if frames is None else frames.parts,
            **options,
        )
        self._write_attributes(new)
        if frames is not None:
            frames.format.describe(new)
        self._write_segments(new, background)
        if frames is not None:
            _write_overlap(new, frames)
            self._write_groups(new, frames)
            frames.format.write(new, frames.encoded())
        check_if_wanted(new)
        return new

    def _write_attributes(self, new: Segmentation) -> None:
        for keyword, value in self.attributes.items():
            new.pop(keyword, None)
            if isinstance(value, DataElement):
                new.add(value)
            elif value is not None:
                setattr(new, keyword, value)
        new.file_meta.MediaStorageSOPClassUID = new.SOPClassUID

    def _write_segments(self, new: Segmentation, background: Sequence[SegmentDescription]) -> None:
        items = list(self.descriptions)
        is_labelmap = new.SegmentationType == SegmentationTypeValues.LABELMAP.value
        if is_labelmap and all(item.segment_number for item in items):
            items = [*background, *items]
        check_descriptions(items, consecutive=not is_labelmap)
        fit_character_set(new, _texts_of(items))
        colored = new.get("PhotometricInterpretation") != "PALETTE COLOR"
        encoding = encoding_of(new)
        value = encode_items(
            [with_color(item) if colored else item for item in items],
            implicit_vr=encoding.implicit_vr,
            little_endian=encoding.little_endian,
            parent_encoding=list(encoding.encodings) or default_encoding,
        )
        attach_sequences(new, {_SEGMENT_SEQUENCE: value}, encoding)

    def _write_groups(self, new: Segmentation, frames: StoredFrames) -> None:
        table, segments = frames.table, frames.segments
        has_indices = bool(new.get("DimensionIndexSequence"))
        replaced = [_IDENTIFICATION, *([_INDICES] if has_indices else []), *self.columns]
        groups = StoredGroups(frames.parts).take(
            frames.origins, replaced=replaced, edits=dict(self.edits)
        )
        is_full = new.get("DimensionOrganizationType") == "TILED_FULL"
        if segments is not None and not is_full:
            groups.set(f"{_IDENTIFICATION}.ReferencedSegmentNumber", segments)
        for path, values in self.columns.items():
            groups.set(path, values, placement="per_frame")
        if self.complete is not None:
            self.complete(groups)
        if has_indices:
            if self.reindexed or len(frames.parts) > 1:
                pointers = [
                    (int(item.get("FunctionalGroupPointer") or 0), int(item.DimensionIndexPointer))
                    for item in new.DimensionIndexSequence
                ]
                values = dimension_values(table, pointers, frames.origins, segments, self.columns)
            else:
                values = _kept_indices(frames)
            if values.shape[1]:
                groups.set(_INDICES, values, placement="per_frame")
            _renew_organization(new)
        groups.attach(new)
        said = self.columns or self.complete
        if is_full and not said and not any(_PER_FRAME in part for part in frames.parts):
            # Nothing is said of single tiles, as before; empty items would lack their content.
            del new[_PER_FRAME]


def _kept_indices(frames: StoredFrames) -> NDArray[np.int64]:
    """Dimension index values of before, with the new numbers of the segments."""
    table = frames.table
    values = np.array(table.dimension_index_values[frames.origins])
    for column, pointer in enumerate(table.dimension_index_pointers[: values.shape[1]]):
        if is_segment_dimension(pointer) and frames.segments is not None:
            values[:, column] = frames.segments
    return values


def _renew_organization(new: Segmentation) -> None:
    """Give the dimensions an identifier of their own, since index values differ from before."""
    uids: dict[str, str] = {}
    for sequence in (new.get("DimensionOrganizationSequence"), new.DimensionIndexSequence):
        for item in sequence or ():
            before = str(item.get("DimensionOrganizationUID") or "")
            if before:
                item.DimensionOrganizationUID = uids.setdefault(before, generate_uid())


def _write_overlap(new: Segmentation, frames: StoredFrames) -> None:
    """Say whether segments overlap: where they did not, and nothing was added, they do not."""
    if len(frames.parts) == 1 and new.get("SegmentsOverlap") == "NO" and not frames.made:
        return
    overlap = find_overlap(frames, place_codes(frames.table)[frames.origins])
    new.SegmentsOverlap = "NO" if overlap is None else "YES"


def _background(predecessor: Segmentation) -> list[SegmentDescription]:
    from iodkit_seg.segments.description import SegmentDescription, background_description

    for item in predecessor.SegmentSequence:
        if int(item.SegmentNumber) == 0:
            return [SegmentDescription.from_dataset(item)]
    return [background_description()]


def _texts_of(items: Sequence[SegmentDescription]) -> list[str]:
    """Texts of descriptions that need a character set."""
    return [
        str(element.value)
        for item in items
        for element in item.iterall()
        if element.VR in {"LO", "SH", "UT", "ST", "LT", "UC", "PN"} and element.value
    ]
