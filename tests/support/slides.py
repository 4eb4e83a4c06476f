"""Headers of small tiled slides, without pixels."""

from __future__ import annotations

from typing import Any

from pydicom import Dataset

SLIDE = [0.0, -1.0, 0.0, -1.0, 0.0, 0.0]


def item(**values: Any) -> Dataset:
    """An item with these attributes."""
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


def slide(**changes: Any) -> Dataset:
    """A slide of 3 × 3 tiles of 2 rows and 3 columns; the last row and column are partial."""
    values = {
        "SOPClassUID": "1.2.840.10008.5.1.4.1.1.77.1.6",
        "FrameOfReferenceUID": "1.2.4",
        "Rows": 2,
        "Columns": 3,
        "TotalPixelMatrixRows": 5,
        "TotalPixelMatrixColumns": 7,
        "NumberOfFrames": 9,
        "DimensionOrganizationType": "TILED_FULL",
        "ImageOrientationSlide": SLIDE,
        "TotalPixelMatrixOriginSequence": [
            item(XOffsetInSlideCoordinateSystem=10.0, YOffsetInSlideCoordinateSystem=20.0)
        ],
        "SharedFunctionalGroupsSequence": [
            item(PixelMeasuresSequence=[item(PixelSpacing=[0.5, 0.7], SliceThickness=0.1)])
        ],
        "NumberOfOpticalPaths": 1,
    }
    values.update(changes)
    return item(**{k: v for k, v in values.items() if v is not None})


def spaced(distance: float) -> list[Dataset]:
    """Shared functional groups with focal planes at a distance."""
    measures = item(PixelSpacing=[0.5, 0.7], SpacingBetweenSlices=distance)
    return [item(PixelMeasuresSequence=[measures])]


def sparse(*places: tuple[int, int], **changes: Any) -> Dataset:
    """A TILED_SPARSE slide whose frames lie at the given (column, row), from 1."""
    groups = []
    for column, row in places:
        position = item(
            ColumnPositionInTotalImagePixelMatrix=column,
            RowPositionInTotalImagePixelMatrix=row,
            XOffsetInSlideCoordinateSystem=10.0 - 0.5 * (row - 1),
            YOffsetInSlideCoordinateSystem=20.0 - 0.7 * (column - 1),
            ZOffsetInSlideCoordinateSystem=0.0,
        )
        groups.append(item(PlanePositionSlideSequence=[position]))
    return slide(
        **{
            "DimensionOrganizationType": "TILED_SPARSE",
            "NumberOfFrames": len(places),
            "PerFrameFunctionalGroupsSequence": groups,
            **changes,
        }
    )
