"""Segmentations that can be converted: every conversion is a method that returns new instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit_seg.enums import SegmentationFractionalTypeValues, SegmentationTypeValues
from iodkit_seg.stored.whole import SegmentationPart

if TYPE_CHECKING:
    from typing import Unpack

    from pydicom.uid import UID

    from iodkit_seg.sop import Segmentation
    from iodkit_seg.stored.options import InstanceOptions

__all__ = ["ConvertibleSegmentation"]


class ConvertibleSegmentation(SegmentationPart):
    """A segmentation that can be had in other types, encodings and files.

    What is returned is new, with UIDs and a reference to this object as
    :class:`EditableSegmentation` says; only another transfer syntax makes no new instance.
    """

    def to_binary(
        self, threshold: float | None = None, **options: Unpack[InstanceOptions]
    ) -> Segmentation:
        """Convert to BINARY: a bit for each pixel and segment.

        Parameters
        ----------
        threshold : float | None, optional
            Of FRACTIONAL segmentations: the fraction, above 0 and up to 1, from which a pixel is
            in the segment.  Needed unless all fractions are 0 or 1.
        **options : Unpack[InstanceOptions]
            Attributes of the new instance.

        Returns
        -------
        Segmentation
            A new instance; this object if it is BINARY already.  Segments of a label map are
            numbered from 1 by 1 in the order of their descriptions, as PS3.3 C.8.20.4 demands; its
            background is none, and the colours of a palette become those of the segments.

        Raises
        ------
        MissingAttributeError
            If there are fractions and no threshold.
        InvalidValueError
            If the threshold is not allowed, or the transfer syntax holds no single bits.
        """
        from iodkit_seg.conversion.types import to_binary

        if self.segmentation_type is SegmentationTypeValues.BINARY and threshold is None:
            return self._whole
        return to_binary(self._whole, threshold).make(**options)

    def to_fractional(
        self,
        fractional_type: (
            SegmentationFractionalTypeValues | str
        ) = SegmentationFractionalTypeValues.OCCUPANCY,
        max_fractional_value: int = 255,
        **options: Unpack[InstanceOptions],
    ) -> Segmentation:
        """Convert to FRACTIONAL: all or nothing, since there are no fractions.

        Parameters
        ----------
        fractional_type : SegmentationFractionalTypeValues | str, optional
            Meaning of the fractions; by default the share of a pixel that the segment occupies.
        max_fractional_value : int, optional
            Stored value that stands for 1.0, from 1 to 255.
        **options : Unpack[InstanceOptions]
            Attributes of the new instance.

        Returns
        -------
        Segmentation
            A new instance; this object if it is FRACTIONAL already.

        Raises
        ------
        InvalidValueError
            If a value is not allowed.
        """
        from iodkit_seg.conversion.types import to_fractional

        if self.segmentation_type is SegmentationTypeValues.FRACTIONAL:
            return self._whole
        change = to_fractional(self._whole, fractional_type, max_fractional_value)
        return change.make(**options)

    def to_labelmap(
        self, threshold: float | None = None, **options: Unpack[InstanceOptions]
    ) -> Segmentation:
        """Convert to LABELMAP: one number for each pixel (PS3.3 C.8.20.2.3.3).

        Parameters
        ----------
        threshold : float | None, optional
            As in :meth:`to_binary`.
        **options : Unpack[InstanceOptions]
            Attributes of the new instance.

        Returns
        -------
        Segmentation
            A new instance whose labels are the numbers of the segments; this object if it is a
            label map already.

        Raises
        ------
        OverlappingSegmentsError
            If segments overlap; the error names two of them.  :meth:`to_labelmaps` divides them.
        MissingAttributeError
            If there are fractions and no threshold.
        """
        from iodkit_seg.conversion.types import to_labelmap

        if self.segmentation_type is SegmentationTypeValues.LABELMAP and threshold is None:
            return self._whole
        return to_labelmap(self._whole, threshold).make(**options)

    def to_labelmaps(
        self, threshold: float | None = None, **options: Unpack[InstanceOptions]
    ) -> list[Segmentation]:
        """Convert to as few label maps as segments that overlap need, one after the other.

        Parameters
        ----------
        threshold : float | None, optional
            As in :meth:`to_binary`.
        **options : Unpack[InstanceOptions]
            Attributes of the new instances; they are of one series and numbered from
            `instance_number` (1 by default) on.

        Returns
        -------
        list[Segmentation]
            Label maps in which no two segments overlap: each segment goes, in the order of the
            numbers, to the first one where it fits.  Segments keep their numbers.
        """
        from iodkit_seg.conversion.files import in_one_series
        from iodkit_seg.conversion.types import to_labelmaps

        if self.segmentation_type is SegmentationTypeValues.LABELMAP and threshold is None:
            return [self._whole]
        return in_one_series(to_labelmaps(self._whole, threshold), **options)

    def with_transfer_syntax(
        self, transfer_syntax_uid: str | UID, *, use_extended_offset_table: bool = False
    ) -> Segmentation:
        """Encode this instance in another transfer syntax without loss; nothing else changes.

        Parameters
        ----------
        transfer_syntax_uid : str | pydicom.uid.UID
            Transfer syntax in little endian that is native or compresses without loss.
        use_extended_offset_table : bool, optional
            Whether compressed frames get an extended offset table (PS3.3 C.7.6.3.1.8).

        Returns
        -------
        Segmentation
            A copy with the same UIDs, since it is the same instance (PS3.3 C.7.6.1.1.5.2 wants a
            new one after compression with loss only).

        Raises
        ------
        InvalidValueError
            If the transfer syntax does not hold such pixels, or may change them.
        MissingDependencyError
            If no encoder for it is installed.
        """
        from iodkit_seg.conversion.syntax import transcoded

        return transcoded(
            self._whole,
            transfer_syntax_uid,
            extended_offsets=use_extended_offset_table,
        )

    def split_by_segment(self, **options: Unpack[InstanceOptions]) -> list[Segmentation]:
        """Make an instance for each segment.

        Parameters
        ----------
        **options : Unpack[InstanceOptions]
            Attributes of the new instances; they are of one series and numbered from
            `instance_number` (1 by default) on.

        Returns
        -------
        list[Segmentation]
            New instances in the order of the segments, of the same type.
            :func:`iodkit.seg.combine_segmentations` is the way back.
        """
        from iodkit_seg.conversion.files import in_one_series
        from iodkit_seg.editing.segments import keep

        changes = [keep(self._whole, [number]) for number in self.segment_numbers]
        return in_one_series(changes, **options)
