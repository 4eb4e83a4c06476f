"""Segmentations that can be edited: every edit is a method that returns a new instance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iodkit_image.regions import IndexRange
from iodkit_seg.stored.whole import SegmentationPart

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Unpack

    from pydicom.dataset import Dataset

    from iodkit.content import CIELabColor
    from iodkit_seg.segments.description import SegmentDescription
    from iodkit_seg.sop import Segmentation
    from iodkit_seg.stored.options import InstanceOptions

__all__ = ["EditableSegmentation"]


class EditableSegmentation(SegmentationPart):
    """A segmentation that other ones can be made from.

    Every method returns a new instance with UIDs of its own, and leaves this one as it is.  The
    new one refers to this one in Source Image Sequence, behind what that one was made from
    (PS3.3 C.12.4), and says in Derivation Description what was done; references of frames to
    their sources stay.  Equipment is that of :func:`iodkit.defaults` where that is set, and then
    the equipment of before is listed as contributing.

    All take the options of :class:`InstanceOptions`: `series_instance_uid`, `sop_instance_uid`,
    `series_number`, `instance_number`, `series_description`, `content_label`,
    `content_description` and `content_creator_name`.
    """

    def with_descriptions(
        self,
        descriptions: Mapping[int, SegmentDescription] | None = None,
        *,
        labels: Mapping[int, str] | None = None,
        colors: Mapping[int, CIELabColor] | None = None,
        **options: Unpack[InstanceOptions],
    ) -> Segmentation:
        """Change what is said of segments; pixels and functional groups stay byte by byte.

        Parameters
        ----------
        descriptions : Mapping[int, SegmentDescription] | None, optional
            New descriptions by the number of the segment, which stays.
        labels : Mapping[int, str] | None, optional
            New labels by number.
        colors : Mapping[int, CIELabColor] | None, optional
            New colours by number.
        **options : Unpack[InstanceOptions]
            Attributes of the new instance.

        Returns
        -------
        Segmentation
            A new instance.

        Raises
        ------
        InvalidValueError
            If there is no such segment, or a palette says the colours.
        """
        from iodkit_seg.editing.segments import describe

        change = describe(self._whole, descriptions or {}, labels or {}, colors or {})
        return change.make(**options)

    def without_palette(self, **options: Unpack[InstanceOptions]) -> Segmentation:
        """Let descriptions say the colours that the palette of a label map says.

        Parameters
        ----------
        **options : Unpack[InstanceOptions]
            Attributes of the new instance.

        Returns
        -------
        Segmentation
            A new instance without palette; labels stay byte by byte.
        """
        from iodkit_seg.editing.segments import drop_palette

        return drop_palette(self._whole).make(**options)

    def without_segments(
        self, segment_numbers: Iterable[int], **options: Unpack[InstanceOptions]
    ) -> Segmentation:
        """Leave segments out.

        Parameters
        ----------
        segment_numbers : Iterable[int]
            Numbers of the segments.
        **options : Unpack[InstanceOptions]
            Attributes of the new instance.

        Returns
        -------
        Segmentation
            A new instance.  The segments that stay are numbered from 1 by 1, as PS3.3 C.8.20.4
            demands; those of a label map keep their numbers, and its frames stay, empty perhaps.

        Raises
        ------
        InvalidValueError
            If there is no such segment, or none would be left.

        Notes
        -----
        Frames of BINARY and FRACTIONAL segmentations are taken over as they are stored.
        """
        from iodkit_seg.editing.segments import remove

        return remove(self._whole, segment_numbers).make(**options)

    def with_only_segments(
        self, segment_numbers: Iterable[int], **options: Unpack[InstanceOptions]
    ) -> Segmentation:
        """Leave out all segments but some; see :meth:`without_segments`.

        Parameters
        ----------
        segment_numbers : Iterable[int]
            Numbers of the segments that stay.
        **options : Unpack[InstanceOptions]
            Attributes of the new instance.

        Returns
        -------
        Segmentation
            A new instance.
        """
        from iodkit_seg.editing.segments import keep

        return keep(self._whole, segment_numbers).make(**options)

    def renumbered(
        self, numbers: Mapping[int, int], **options: Unpack[InstanceOptions]
    ) -> Segmentation:
        """Give segments other numbers.

        Parameters
        ----------
        numbers : Mapping[int, int]
            New number by old one; the others keep theirs.
        **options : Unpack[InstanceOptions]
            Attributes of the new instance.

        Returns
        -------
        Segmentation
            A new instance.  Of BINARY and FRACTIONAL segmentations no pixel is touched; of label
            maps frames in which a label changes are written anew, and a palette becomes the
            colours of the segments.

        Raises
        ------
        InvalidValueError
            If there is no such segment, two would have one number, or those of a BINARY or
            FRACTIONAL segmentation would not be 1, 2, 3, ….
        """
        from iodkit_seg.editing.segments import renumber

        return renumber(self._whole, numbers).make(**options)

    def with_merged_segments(
        self,
        segment_numbers: Sequence[int],
        description: SegmentDescription | None = None,
        **options: Unpack[InstanceOptions],
    ) -> Segmentation:
        """Put segments together into one.

        Parameters
        ----------
        segment_numbers : Sequence[int]
            Numbers of the segments.
        description : SegmentDescription | None, optional
            What they are together; by default the description of the first.
        **options : Unpack[InstanceOptions]
            Attributes of the new instance.

        Returns
        -------
        Segmentation
            A new instance.  Pixels of the merged segment are those of any of them; of fractions
            the largest.  Only frames in which several of them meet are changed.

        Raises
        ------
        InvalidValueError
            If there is no such segment, or only one is named.
        """
        from iodkit_seg.editing.segments import merge

        return merge(self._whole, segment_numbers, description).make(**options)

    def with_split_segment(
        self,
        segment_number: int,
        labels: Any = None,
        descriptions: Sequence[SegmentDescription] | None = None,
        *,
        connectivity: int = 1,
        in_plane: bool = False,
        **options: Unpack[InstanceOptions],
    ) -> Segmentation:
        """Split a segment by labels, or into its connected components.

        Parameters
        ----------
        segment_number : int
            Number of the segment.
        labels : Volume | array-like | None, optional
            Whole numbers that say which part each voxel belongs to; voxels of the segment that
            have 0 are a part too.  Shape (planes, rows, columns) as :meth:`get_volume` gives it,
            the total pixel matrix of tiles, or a Volume, which is matched by its place.  By
            default the connected components, the largest first (needs SciPy).
        descriptions : Sequence[SegmentDescription] | None, optional
            The parts, in ascending order of their labels; by default as before, with a number
            behind the label and without identifiers for tracking.
        connectivity : int, optional
            Of components: 1 through faces, 2 through edges too, 3 through corners too.
        in_plane : bool, optional
            Whether components end with their plane.
        **options : Unpack[InstanceOptions]
            Attributes of the new instance.

        Returns
        -------
        Segmentation
            A new instance.  The parts stand where the segment stood, and the numbers behind are
            shifted; in a label map the first part keeps the number, and the others get new ones.

        Raises
        ------
        InvalidValueError
            If there is no such segment, or it is not split by the labels.
        GeometryError
            If components are to be found and the planes make no regular volume.
        MissingDependencyError
            If components are to be found without SciPy.
        """
        from iodkit_seg.editing.splitting import component_labels, split

        if labels is None:
            labels = component_labels(self._whole, segment_number, connectivity, in_plane)
        return split(self._whole, segment_number, labels, descriptions).make(**options)

    def with_segments(
        self,
        pixel_array: Any,
        segment_descriptions: Sequence[SegmentDescription],
        source_images: Sequence[Dataset] | None = None,
        **options: Unpack[InstanceOptions],
    ) -> Segmentation:
        """Add segments.

        Parameters
        ----------
        pixel_array : Volume | array-like
            Pixels of the new segments: labels that count from 1 (or are their numbers), or masks
            with the segments last.  With `source_images` as in the constructor; without them of
            the shape that :meth:`get_volume` or :meth:`get_total_pixel_matrix` gives, or a Volume,
            which is matched by its place.
        segment_descriptions : Sequence[SegmentDescription]
            The new segments.  They are numbered after those that there are; those of a label map
            keep their numbers where these are free.
        source_images : Sequence[pydicom.Dataset] | None, optional
            Images that were segmented; needed if pixels are set where this segmentation has no
            frame.
        **options : Unpack[InstanceOptions]
            Attributes of the new instance.

        Returns
        -------
        Segmentation
            A new instance; frames of before are taken over as they are stored.

        Raises
        ------
        InvalidValueError
            If pixels and descriptions do not fit each other or the segmentation.
        GeometryError
            If pixels are set where there is no frame, and no source image says where that is.
        OverlappingSegmentsError
            If segments of a label map would overlap.
        """
        from iodkit_seg.editing.adding import add_segments

        change = add_segments(self._whole, pixel_array, segment_descriptions, source_images)
        return change.make(**options)

    def with_slices(
        self,
        pixel_array: Any,
        source_images: Sequence[Dataset],
        *,
        temporal_position_index: int | Sequence[int] | None = None,
        **options: Unpack[InstanceOptions],
    ) -> Segmentation:
        """Add slices of the segments that there are; or time points, or tiles.

        Parameters
        ----------
        pixel_array : Volume | array-like
            Pixels of the segments in the new slices, as in the constructor.
        source_images : Sequence[pydicom.Dataset]
            Images of the new slices; of TILED_SPARSE tiles the image of the slide, `pixel_array`
            being the total pixel matrix.
        temporal_position_index : int | Sequence[int] | None, optional
            In a segmentation that has time points: which one the slices belong to; or which ones,
            ascending, if they are of several.
        **options : Unpack[InstanceOptions]
            Attributes of the new instance.

        Returns
        -------
        Segmentation
            A new instance with dimension indices for all slices; frames of before are taken over
            as they are stored.

        Raises
        ------
        InvalidValueError
            If a slice is there already, or the images do not fit; if it is not said at which time
            point the slices lie.
        GeometryError
            If orientation or spacing of the pixels differ.
        """
        from iodkit_seg.editing.adding import add_slices

        change = add_slices(self._whole, pixel_array, source_images, temporal_position_index)
        return change.make(**options)

    def cropped(
        self,
        *,
        slice_start: int | None = None,
        slice_end: int | None = None,
        row_start: int | None = None,
        row_end: int | None = None,
        column_start: int | None = None,
        column_end: int | None = None,
        as_indices: bool = False,
        **options: Unpack[InstanceOptions],
    ) -> Segmentation:
        """Keep a part of the volume, or of the total pixel matrix.

        Parameters
        ----------
        slice_start, slice_end, row_start, row_end, column_start, column_end : int | None, optional
            Part to keep, as in :meth:`get_volume`: first position, and the one after the last.
            Positions count from 1, negative ones from the end.  Without a regular volume slices
            are the distinct places, in the order of their positions.
        as_indices : bool, optional
            Whether positions count from 0.
        **options : Unpack[InstanceOptions]
            Attributes of the new instance.

        Returns
        -------
        Segmentation
            A new instance whose pixels lie where they lay.  Where rows or columns are cut off,
            references to sources no longer say that locations are preserved; frames that are
            empty then are left out, but not in label maps.  Segments stay described.

        Raises
        ------
        OutOfRangeError
            If the part leaves the volume.
        InvalidValueError
            If it is empty, or has no frame.
        """
        from iodkit_seg.editing.cropping import crop

        ranges = (
            IndexRange("slice", slice_start, slice_end, as_indices),
            IndexRange("row", row_start, row_end, as_indices),
            IndexRange("column", column_start, column_end, as_indices),
        )
        return crop(self._whole, ranges).make(**options)
