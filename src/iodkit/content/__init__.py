"""Macros that families share: what describes frames, people, algorithms, colours, specimens."""

from iodkit.content.algorithm import AlgorithmIdentificationSequence
from iodkit.content.color import CIELabColor
from iodkit.content.issuers import IssuerOfIdentifier
from iodkit.content.items import ContentItem, content_item_class, to_content_item
from iodkit.content.numbers import NumContentItem, NumericContentItem
from iodkit.content.people import ContentCreatorIdentificationCodeSequence
from iodkit.content.planes import (
    PixelMeasuresSequence,
    PlaneOrientationSequence,
    PlanePositionSequence,
)
from iodkit.content.procedures import (
    SpecimenCollection,
    SpecimenProcessing,
    SpecimenSampling,
    SpecimenStaining,
)
from iodkit.content.references import ReferencedImageSequence
from iodkit.content.sequences import ContentSequence
from iodkit.content.specimen import SpecimenDescription
from iodkit.content.steps import SpecimenPreparationStep
from iodkit.content.values import (
    CodeContentItem,
    DateContentItem,
    DateTimeContentItem,
    PnameContentItem,
    TextContentItem,
    TimeContentItem,
    UIDRefContentItem,
)
from iodkit.content.valuetypes import RelationshipTypeValues, ValueTypeValues

__all__ = [
    "AlgorithmIdentificationSequence",
    "CIELabColor",
    "CodeContentItem",
    "ContentCreatorIdentificationCodeSequence",
    "ContentItem",
    "ContentSequence",
    "DateContentItem",
    "DateTimeContentItem",
    "IssuerOfIdentifier",
    "NumContentItem",
    "NumericContentItem",
    "PixelMeasuresSequence",
    "PlaneOrientationSequence",
    "PlanePositionSequence",
    "PnameContentItem",
    "ReferencedImageSequence",
    "RelationshipTypeValues",
    "SpecimenCollection",
    "SpecimenDescription",
    "SpecimenPreparationStep",
    "SpecimenProcessing",
    "SpecimenSampling",
    "SpecimenStaining",
    "TextContentItem",
    "TimeContentItem",
    "UIDRefContentItem",
    "ValueTypeValues",
    "content_item_class",
    "to_content_item",
]
