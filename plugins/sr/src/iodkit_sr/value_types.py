"""All value types of content items; importing it makes them known to content sequences."""

from iodkit.content.items import ContentItem
from iodkit.content.numbers import NumContentItem
from iodkit.content.sequences import ContentSequence
from iodkit.content.values import (
    CodeContentItem,
    DateContentItem,
    DateTimeContentItem,
    PnameContentItem,
    TextContentItem,
    TimeContentItem,
    UIDRefContentItem,
)
from iodkit_sr.items.containers import ContainerContentItem
from iodkit_sr.items.coordinates import Scoord3DContentItem, ScoordContentItem
from iodkit_sr.items.moments import TcoordContentItem
from iodkit_sr.items.references import (
    CompositeContentItem,
    ImageContentItem,
    WaveformContentItem,
)

__all__ = [
    "CodeContentItem",
    "CompositeContentItem",
    "ContainerContentItem",
    "ContentItem",
    "ContentSequence",
    "DateContentItem",
    "DateTimeContentItem",
    "ImageContentItem",
    "NumContentItem",
    "PnameContentItem",
    "Scoord3DContentItem",
    "ScoordContentItem",
    "TcoordContentItem",
    "TextContentItem",
    "TimeContentItem",
    "UIDRefContentItem",
    "WaveformContentItem",
]
