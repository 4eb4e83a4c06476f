"""Structured reports (PS3.3 A.35): the document family of iodkit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iodkit.coding import CodedConcept
    from iodkit_sr.creation import Observer
    from iodkit_sr.document import (
        SRDocument,
    )
    from iodkit_sr.enums import (
        GraphicTypeValues,
        GraphicTypeValues3D,
        PixelOriginInterpretationValues,
        RelationshipTypeValues,
        TemporalRangeTypeValues,
        ValueTypeValues,
    )
    from iodkit_sr.process import list_identical
    from iodkit_sr.sop import (
        BasicTextSR,
        Comprehensive3DSR,
        ComprehensiveSR,
        EnhancedSR,
        ExtensibleSR,
        srread,
    )
    from iodkit_sr.templates.base import Template
    from iodkit_sr.templates.hooks import TemplateEntry
    from iodkit_sr.templates.observers import (
        DeviceObserverIdentifyingAttributes,
        ObserverContext,
        PersonObserverIdentifyingAttributes,
    )
    from iodkit_sr.templates.registry import TemplateRegistry, template_registry
    from iodkit_sr.utils import (
        collect_evidence,
        find_content_items,
        get_coded_name,
        get_coded_value,
    )
    from iodkit_sr.value_types import (
        CodeContentItem,
        CompositeContentItem,
        ContainerContentItem,
        ContentItem,
        ContentSequence,
        DateContentItem,
        DateTimeContentItem,
        ImageContentItem,
        NumContentItem,
        PnameContentItem,
        Scoord3DContentItem,
        ScoordContentItem,
        TcoordContentItem,
        TextContentItem,
        TimeContentItem,
        UIDRefContentItem,
        WaveformContentItem,
    )

__all__ = [
    "BasicTextSR",
    "CodeContentItem",
    "CodedConcept",
    "CompositeContentItem",
    "Comprehensive3DSR",
    "ComprehensiveSR",
    "ContainerContentItem",
    "ContentItem",
    "ContentSequence",
    "DateContentItem",
    "DateTimeContentItem",
    "DeviceObserverIdentifyingAttributes",
    "EnhancedSR",
    "ExtensibleSR",
    "GraphicTypeValues",
    "GraphicTypeValues3D",
    "ImageContentItem",
    "NumContentItem",
    "Observer",
    "ObserverContext",
    "PersonObserverIdentifyingAttributes",
    "PixelOriginInterpretationValues",
    "PnameContentItem",
    "RelationshipTypeValues",
    "SRDocument",
    "Scoord3DContentItem",
    "ScoordContentItem",
    "TcoordContentItem",
    "Template",
    "TemplateEntry",
    "TemplateRegistry",
    "TemporalRangeTypeValues",
    "TextContentItem",
    "TimeContentItem",
    "UIDRefContentItem",
    "ValueTypeValues",
    "WaveformContentItem",
    "collect_evidence",
    "find_content_items",
    "get_coded_name",
    "get_coded_value",
    "list_identical",
    "srread",
    "template_registry",
]

# The registry imports this package when it looks for plugins, so nothing is imported until used.
_HOMES = {
    "iodkit.coding": ("CodedConcept",),
    "iodkit_sr.creation": ("Observer",),
    "iodkit_sr.process": ("list_identical",),
    "iodkit_sr.document": ("SRDocument",),
    "iodkit_sr.enums": (
        "GraphicTypeValues",
        "GraphicTypeValues3D",
        "PixelOriginInterpretationValues",
        "RelationshipTypeValues",
        "TemporalRangeTypeValues",
        "ValueTypeValues",
    ),
    "iodkit_sr.sop": (
        "BasicTextSR",
        "Comprehensive3DSR",
        "ComprehensiveSR",
        "EnhancedSR",
        "ExtensibleSR",
        "srread",
    ),
    "iodkit_sr.templates.base": ("Template",),
    "iodkit_sr.templates.hooks": ("TemplateEntry",),
    "iodkit_sr.templates.observers": (
        "DeviceObserverIdentifyingAttributes",
        "ObserverContext",
        "PersonObserverIdentifyingAttributes",
    ),
    "iodkit_sr.templates.registry": ("TemplateRegistry", "template_registry"),
    "iodkit_sr.utils": (
        "collect_evidence",
        "find_content_items",
        "get_coded_name",
        "get_coded_value",
    ),
    "iodkit_sr.value_types": (
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
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name from its module on first use (PEP 562)."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names too, imported or not."""
    return sorted({*globals(), *__all__})
