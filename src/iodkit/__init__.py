"""iodkit: create, read, query and check DICOM's derived objects.

Names are imported from where they live when they are first used, so that importing this package
loads neither NumPy nor pydicom nor any plugin.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iodkit import (
        attributes,
        cli,
        coding,
        content,
        context,
        dataset,
        elements,
        errors,
        frames,
        io,
        overlays,
        registry,
        spatial,
        standard,
        summaries,
        testing,
        validation,
    )
    from iodkit import image as image
    from iodkit import ko as ko
    from iodkit import seg as seg
    from iodkit import sr as sr
    from iodkit.coding import (
        CodedConcept,
        CodingSchemeIdentificationItem,
        CodingSchemeResourceItem,
        codes,
    )
    from iodkit.content import (
        AlgorithmIdentificationSequence,
        CIELabColor,
        ContentCreatorIdentificationCodeSequence,
        IssuerOfIdentifier,
        PixelMeasuresSequence,
        PlaneOrientationSequence,
        PlanePositionSequence,
        ReferencedImageSequence,
    )
    from iodkit.context import UID, Equipment, SeededUIDs, defaults
    from iodkit.dataset import ContributingEquipment, SOPClass, from_dataset
    from iodkit.errors import (
        CorruptDataError,
        GeometryError,
        InvalidTypeError,
        InvalidValueError,
        IodkitError,
        IodkitWarning,
        MissingAttributeError,
        MissingDependencyError,
        MissingFileError,
        NotFoundError,
        OutOfRangeError,
        PixelDataError,
        PluginConflictError,
        PluginError,
        PluginWarning,
        ReadError,
        SOPClassError,
        UnsupportedError,
        ValidationError,
        WriteError,
    )
    from iodkit.image import Image as Image
    from iodkit.image import get_volume_from_series as get_volume_from_series
    from iodkit.image import imread as imread
    from iodkit.image import montage as montage
    from iodkit.image import multiplanar as multiplanar
    from iodkit.image import render as render
    from iodkit.image import render_array as render_array
    from iodkit.spatial import ChannelDescriptor, Volume, VolumeGeometry, VolumeToVolumeTransformer
    from iodkit.standard.enums import (
        AnatomicalOrientationTypeValues,
        AxisHandedness,
        ContentQualificationValues,
        CoordinateSystemNames,
        DimensionOrganizationTypeValues,
        InterpolationMethods,
        LateralityValues,
        NiBabelImageClasses,
        PadModes,
        PatientOrientationValuesBiped,
        PatientOrientationValuesQuadruped,
        PatientSexValues,
        PhotometricInterpretationValues,
        PixelDataKeywords,
        PixelIndexDirections,
        PixelRepresentationValues,
        PlanarConfigurationValues,
        PresentationLUTShapeValues,
        RescaleTypeValues,
        RGBColorChannels,
        SpecificCharacterSetValues,
        UniversalEntityIDTypeValues,
        VOILUTFunctionValues,
    )
    from iodkit.validation import read, repair, validate, validate_set

    __version__: str

# What a family brings is missing here: a star import must work without any family.
__all__ = [
    "UID",
    "AlgorithmIdentificationSequence",
    "AnatomicalOrientationTypeValues",
    "AxisHandedness",
    "CIELabColor",
    "ChannelDescriptor",
    "CodedConcept",
    "CodingSchemeIdentificationItem",
    "CodingSchemeResourceItem",
    "ContentCreatorIdentificationCodeSequence",
    "ContentQualificationValues",
    "ContributingEquipment",
    "CoordinateSystemNames",
    "CorruptDataError",
    "DimensionOrganizationTypeValues",
    "Equipment",
    "GeometryError",
    "InterpolationMethods",
    "InvalidTypeError",
    "InvalidValueError",
    "IodkitError",
    "IodkitWarning",
    "IssuerOfIdentifier",
    "LateralityValues",
    "MissingAttributeError",
    "MissingDependencyError",
    "MissingFileError",
    "NiBabelImageClasses",
    "NotFoundError",
    "OutOfRangeError",
    "PadModes",
    "PatientOrientationValuesBiped",
    "PatientOrientationValuesQuadruped",
    "PatientSexValues",
    "PhotometricInterpretationValues",
    "PixelDataError",
    "PixelDataKeywords",
    "PixelIndexDirections",
    "PixelMeasuresSequence",
    "PixelRepresentationValues",
    "PlanarConfigurationValues",
    "PlaneOrientationSequence",
    "PlanePositionSequence",
    "PluginConflictError",
    "PluginError",
    "PluginWarning",
    "PresentationLUTShapeValues",
    "RGBColorChannels",
    "ReadError",
    "ReferencedImageSequence",
    "RescaleTypeValues",
    "SOPClass",
    "SOPClassError",
    "SeededUIDs",
    "SpecificCharacterSetValues",
    "UniversalEntityIDTypeValues",
    "UnsupportedError",
    "VOILUTFunctionValues",
    "ValidationError",
    "Volume",
    "VolumeGeometry",
    "VolumeToVolumeTransformer",
    "WriteError",
    "__version__",
    "attributes",
    "cli",
    "codes",
    "coding",
    "content",
    "context",
    "dataset",
    "defaults",
    "elements",
    "errors",
    "frames",
    "from_dataset",
    "io",
    "overlays",
    "read",
    "registry",
    "repair",
    "spatial",
    "standard",
    "summaries",
    "testing",
    "validate",
    "validate_set",
    "validation",
]

_HOMES = {
    "iodkit.coding": (
        "CodedConcept",
        "CodingSchemeIdentificationItem",
        "CodingSchemeResourceItem",
        "codes",
    ),
    "iodkit.content": (
        "AlgorithmIdentificationSequence",
        "CIELabColor",
        "ContentCreatorIdentificationCodeSequence",
        "IssuerOfIdentifier",
        "PixelMeasuresSequence",
        "PlaneOrientationSequence",
        "PlanePositionSequence",
        "ReferencedImageSequence",
    ),
    "iodkit.context": (
        "UID",
        "Equipment",
        "SeededUIDs",
        "defaults",
    ),
    "iodkit.dataset": (
        "ContributingEquipment",
        "SOPClass",
        "from_dataset",
    ),
    "iodkit.errors": (
        "CorruptDataError",
        "GeometryError",
        "InvalidTypeError",
        "InvalidValueError",
        "IodkitError",
        "IodkitWarning",
        "MissingAttributeError",
        "MissingDependencyError",
        "MissingFileError",
        "NotFoundError",
        "OutOfRangeError",
        "PixelDataError",
        "PluginConflictError",
        "PluginError",
        "PluginWarning",
        "ReadError",
        "SOPClassError",
        "UnsupportedError",
        "ValidationError",
        "WriteError",
    ),
    "iodkit.spatial": (
        "ChannelDescriptor",
        "Volume",
        "VolumeGeometry",
        "VolumeToVolumeTransformer",
    ),
    "iodkit.standard.enums": (
        "AnatomicalOrientationTypeValues",
        "AxisHandedness",
        "ContentQualificationValues",
        "CoordinateSystemNames",
        "DimensionOrganizationTypeValues",
        "InterpolationMethods",
        "LateralityValues",
        "NiBabelImageClasses",
        "PadModes",
        "PatientOrientationValuesBiped",
        "PatientOrientationValuesQuadruped",
        "PatientSexValues",
        "PhotometricInterpretationValues",
        "PixelDataKeywords",
        "PixelIndexDirections",
        "PixelRepresentationValues",
        "PlanarConfigurationValues",
        "PresentationLUTShapeValues",
        "RGBColorChannels",
        "RescaleTypeValues",
        "SpecificCharacterSetValues",
        "UniversalEntityIDTypeValues",
        "VOILUTFunctionValues",
    ),
    "iodkit.validation": ("read", "repair", "validate", "validate_set"),
}
_FAMILY_HOMES = {
    "iodkit.image": (
        "Image",
        "get_volume_from_series",
        "imread",
        "montage",
        "multiplanar",
        "render",
        "render_array",
    )
}
_MODULES = frozenset(
    {
        "attributes",
        "cli",
        "coding",
        "content",
        "context",
        "dataset",
        "elements",
        "errors",
        "frames",
        "image",
        "io",
        "ko",
        "overlays",
        "registry",
        "seg",
        "spatial",
        "sr",
        "standard",
        "summaries",
        "testing",
        "validation",
    }
)
_HOME_OF = {
    name: home
    for table in (_HOMES, _FAMILY_HOMES)
    for home, names in table.items()
    for name in names
}


def __getattr__(name: str) -> object:
    """Import a name from its home, or a module, on first use (PEP 562)."""
    from importlib import import_module

    if name in _MODULES:
        return import_module(f"iodkit.{name}")
    if name == "__version__":
        from importlib.metadata import version

        value: object = version("iodkit")
    elif name == "__facades__":
        # The registry asks for it: families whose names are those of façade modules.
        from iodkit._families import FACADES

        value = FACADES
    elif name in _HOME_OF:
        value = getattr(import_module(_HOME_OF[name]), name)
    else:
        raise AttributeError(f"module 'iodkit' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List what can be used: of the families, those that are installed."""
    from importlib.util import find_spec

    from iodkit._families import FAMILIES

    names = {*globals(), *__all__}
    for family in FAMILIES:
        if find_spec(family.package) is not None:
            names.add(family.name)
            names.update(_FAMILY_HOMES.get(f"iodkit.{family.name}", ()))
    return sorted(names)
