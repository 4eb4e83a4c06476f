"""Content items whose value is a graphic: in an image, or in a frame of reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydicom.uid import UID

from iodkit.content.encoded import set_bytes, set_value
from iodkit.content.items import ContentItem, content_item_class
from iodkit.content.macros import is_empty
from iodkit.content.valuetypes import RelationshipTypeValues, ValueTypeValues
from iodkit.elements import check_uid, coerce_enum
from iodkit.errors import InvalidValueError
from iodkit_sr.enums import (
    GraphicTypeValues,
    GraphicTypeValues3D,
    PixelOriginInterpretationValues,
)
from iodkit_sr.items.graphics import as_points, check_graphic

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from pydicom.dataset import Dataset
    from pydicom.sr.coding import Code

    from iodkit.coding import CodedConcept

__all__ = ["Scoord3DContentItem", "ScoordContentItem"]


class _GraphicContentItem(ContentItem):
    """An item with Graphic Type and Graphic Data."""

    _value_keywords: ClassVar[tuple[str, ...]] = ("GraphicType", "GraphicData")
    _dimensions: ClassVar[int]

    @classmethod
    def _check_dataset(cls, dataset: Dataset) -> None:
        super()._check_dataset(dataset)
        if len(np.atleast_1d(dataset.GraphicData)) % cls._dimensions:
            raise InvalidValueError(
                "the coordinates are not whole points",
                attribute="GraphicData",
                found=f"{len(np.atleast_1d(dataset.GraphicData))} numbers",
                expected=f"a multiple of {cls._dimensions}",
                clause=cls._clause,
            )

    def _set_graphic(self, kind: str, data: Any) -> None:
        points = as_points(data, self._dimensions)
        check_graphic(kind, points)
        set_value(self, "GraphicType", kind)
        set_bytes(self, "GraphicData", points.astype("<f4").tobytes())

    @property
    def value(self) -> NDArray[np.float32]:
        """numpy.ndarray: Points, of shape (points, 2 or 3)."""
        data = np.atleast_1d(np.asarray(self.GraphicData, dtype=np.float32))
        whole = len(data) - len(data) % self._dimensions
        return data[:whole].reshape(-1, self._dimensions)


@content_item_class(ValueTypeValues.SCOORD)
class ScoordContentItem(_GraphicContentItem):
    """A content item whose value is a graphic in an image (PS3.3 C.18.6).

    Parameters
    ----------
    name : pydicom.sr.coding.Code | CodedConcept
        Concept that the graphic is about.
    graphic_type : str | GraphicTypeValues
        What the points make.
    graphic_data : array-like
        Points of shape (points, 2): columns and rows, in pixels, with sub-pixel resolution;
        the upper left corner of the first pixel is (0, 0).  A circle is center and a point on
        it; an ellipse is the ends of the major axis, then of the minor axis.
    pixel_origin_interpretation : str | PixelOriginInterpretationValues | None, optional
        For tiled images: whether points are relative to the frame or to the total pixel matrix.
    fiducial_uid : str | UID | None, optional
        Identifier of a fiducial that the graphic is of.
    relationship_type : str | RelationshipTypeValues | None, optional
        Relationship to the item above.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If an argument is of another kind, or the number of points is wrong.
    GeometryError
        If the points are no such graphic.
    """

    _value_type: ClassVar[ValueTypeValues | None] = ValueTypeValues.SCOORD
    _clause: ClassVar[str] = "PS3.3 C.18.6"
    _dimensions: ClassVar[int] = 2

    def __init__(
        self,
        name: Code | CodedConcept,
        graphic_type: str | GraphicTypeValues,
        graphic_data: ArrayLike,
        pixel_origin_interpretation: str | PixelOriginInterpretationValues | None = None,
        fiducial_uid: str | UID | None = None,
        relationship_type: str | RelationshipTypeValues | None = None,
    ) -> None:
        super().__init__(ValueTypeValues.SCOORD, name, relationship_type)
        kind = coerce_enum(graphic_type, GraphicTypeValues, "graphic_type")
        self._set_graphic(kind.value, graphic_data)
        if pixel_origin_interpretation is not None:
            origin = coerce_enum(
                pixel_origin_interpretation,
                PixelOriginInterpretationValues,
                "pixel_origin_interpretation",
            )
            set_value(self, "PixelOriginInterpretation", origin.value)
        if fiducial_uid is not None:
            set_value(self, "FiducialUID", str(check_uid(fiducial_uid, "fiducial_uid")))

    @property
    def graphic_type(self) -> GraphicTypeValues:
        """GraphicTypeValues: What the points make."""
        return coerce_enum(self.GraphicType, GraphicTypeValues, "GraphicType")

    @property
    def pixel_origin_interpretation(self) -> PixelOriginInterpretationValues | None:
        """PixelOriginInterpretationValues | None: What the points are relative to."""
        if is_empty(self, "PixelOriginInterpretation"):
            return None
        return PixelOriginInterpretationValues(self.PixelOriginInterpretation)


@content_item_class(ValueTypeValues.SCOORD3D)
class Scoord3DContentItem(_GraphicContentItem):
    """A content item whose value is a graphic in a frame of reference (PS3.3 C.18.9).

    Parameters
    ----------
    name : pydicom.sr.coding.Code | CodedConcept
        Concept that the graphic is about.
    graphic_type : str | GraphicTypeValues3D
        What the points make.
    graphic_data : array-like
        Points of shape (points, 3), in millimetres.  Polygons are closed and flat; an ellipse is
        the ends of the major axis, then of the minor axis; an ellipsoid those of three axes.
    frame_of_reference_uid : str | UID
        Frame of reference.
    fiducial_uid : str | UID | None, optional
        Identifier of a fiducial that the graphic is of.
    relationship_type : str | RelationshipTypeValues | None, optional
        Relationship to the item above.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If an argument is of another kind, or the number of points is wrong.
    GeometryError
        If the points are no such graphic.
    """

    _value_type: ClassVar[ValueTypeValues | None] = ValueTypeValues.SCOORD3D
    _value_keywords: ClassVar[tuple[str, ...]] = (
        "GraphicType",
        "GraphicData",
        "ReferencedFrameOfReferenceUID",
    )
    _clause: ClassVar[str] = "PS3.3 C.18.9"
    _dimensions: ClassVar[int] = 3

    def __init__(
        self,
        name: Code | CodedConcept,
        graphic_type: GraphicTypeValues3D | str,
        graphic_data: ArrayLike,
        frame_of_reference_uid: str | UID,
        fiducial_uid: str | UID | None = None,
        relationship_type: str | RelationshipTypeValues | None = None,
    ) -> None:
        super().__init__(ValueTypeValues.SCOORD3D, name, relationship_type)
        kind = coerce_enum(graphic_type, GraphicTypeValues3D, "graphic_type")
        self._set_graphic(kind.value, graphic_data)
        uid = check_uid(frame_of_reference_uid, "frame_of_reference_uid")
        set_value(self, "ReferencedFrameOfReferenceUID", str(uid))
        if fiducial_uid is not None:
            set_value(self, "FiducialUID", str(check_uid(fiducial_uid, "fiducial_uid")))

    @property
    def graphic_type(self) -> GraphicTypeValues3D:
        """GraphicTypeValues3D: What the points make."""
        return coerce_enum(self.GraphicType, GraphicTypeValues3D, "GraphicType")

    @property
    def frame_of_reference_uid(self) -> UID:
        """UID: Frame of reference of the points."""
        return UID(self.ReferencedFrameOfReferenceUID)
