"""Enumerated values of attributes as Python enumerations, each with its clause."""

from __future__ import annotations

from enum import Enum

__all__ = [
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
]


class AnatomicalOrientationTypeValues(Enum):
    """Anatomical Orientation Type (PS3.3 C.7.3.1)."""

    BIPED = "BIPED"
    QUADRUPED = "QUADRUPED"


class AxisHandedness(Enum):
    """Handedness of a system of three axes."""

    LEFT_HANDED = "LEFT_HANDED"
    RIGHT_HANDED = "RIGHT_HANDED"


class ContentQualificationValues(Enum):
    """Content Qualification (PS3.3 C.8.13.2.1.1)."""

    PRODUCT = "PRODUCT"
    RESEARCH = "RESEARCH"
    SERVICE = "SERVICE"


class CoordinateSystemNames(Enum):
    """The coordinate systems of PS3.3 C.7.6.2 (patient) and C.8.12.2 (slide)."""

    PATIENT = "PATIENT"
    SLIDE = "SLIDE"


class DimensionOrganizationTypeValues(Enum):
    """Dimension Organization Type (PS3.3 C.7.6.17)."""

    THREE_DIMENSIONAL = "3D"
    THREE_DIMENSIONAL_TEMPORAL = "3D_TEMPORAL"
    TILED_FULL = "TILED_FULL"
    TILED_SPARSE = "TILED_SPARSE"


class InterpolationMethods(Enum):
    """Ways to compute a value between samples."""

    NEAREST = "NEAREST"
    LINEAR = "LINEAR"


class LateralityValues(Enum):
    """Laterality (PS3.3 C.7.3.1)."""

    R = "R"
    L = "L"


class NiBabelImageClasses(Enum):
    """Names of the image classes of nibabel that volumes convert to."""

    NIFTI1IMAGE = "Nifti1Image"
    NIFTI2IMAGE = "Nifti2Image"
    MGHIMAGE = "MGHImage"
    MINC1IMAGE = "Minc1Image"
    MINC2IMAGE = "Minc2Image"
    ANALYZEIMAGE = "AnalyzeImage"


class PadModes(Enum):
    """Ways to fill voxels that padding adds."""

    CONSTANT = "CONSTANT"
    EDGE = "EDGE"
    MINIMUM = "MINIMUM"
    MAXIMUM = "MAXIMUM"
    MEAN = "MEAN"
    MEDIAN = "MEDIAN"


class PatientOrientationValuesBiped(Enum):
    """Directions of Patient Orientation for bipeds (PS3.3 C.7.6.1.1.1)."""

    A = "A"
    P = "P"
    R = "R"
    L = "L"
    H = "H"
    F = "F"


class PatientOrientationValuesQuadruped(Enum):
    """Directions of Patient Orientation for quadrupeds (PS3.3 C.7.6.1.1.1)."""

    LE = "LE"
    RT = "RT"
    D = "D"
    V = "V"
    CR = "CR"
    CD = "CD"
    R = "R"
    M = "M"
    L = "L"
    PR = "PR"
    DI = "DI"
    PA = "PA"
    PL = "PL"


class PatientSexValues(Enum):
    """Patient's Sex (PS3.3 C.7.1.1)."""

    M = "M"
    F = "F"
    O = "O"  # noqa: E741


class PhotometricInterpretationValues(Enum):
    """Photometric Interpretation (PS3.3 C.7.6.3.1.2)."""

    MONOCHROME1 = "MONOCHROME1"
    MONOCHROME2 = "MONOCHROME2"
    PALETTE_COLOR = "PALETTE COLOR"
    RGB = "RGB"
    YBR_FULL = "YBR_FULL"
    YBR_FULL_422 = "YBR_FULL_422"
    YBR_PARTIAL_420 = "YBR_PARTIAL_420"
    YBR_ICT = "YBR_ICT"
    YBR_RCT = "YBR_RCT"
    XYB = "XYB"


class PixelDataKeywords(Enum):
    """Keywords of the three attributes that may hold pixel data."""

    PIXEL_DATA = "PixelData"
    FLOAT_PIXEL_DATA = "FloatPixelData"
    DOUBLE_FLOAT_PIXEL_DATA = "DoubleFloatPixelData"


class PixelIndexDirections(Enum):
    """Direction in which an index grows: Left, Right, Up or Down the image."""

    L = "L"
    R = "R"
    U = "U"
    D = "D"


class PixelRepresentationValues(Enum):
    """Pixel Representation (PS3.3 C.7.6.3.1)."""

    UNSIGNED_INTEGER = 0
    COMPLEMENT = 1


class PlanarConfigurationValues(Enum):
    """Planar Configuration (PS3.3 C.7.6.3.1.3)."""

    COLOR_BY_PIXEL = 0
    COLOR_BY_PLANE = 1


class PresentationLUTShapeValues(Enum):
    """Presentation LUT Shape (PS3.3 C.11.6)."""

    IDENTITY = "IDENTITY"
    INVERSE = "INVERSE"


class RGBColorChannels(Enum):
    """The colour channels of an RGB image."""

    R = "R"
    G = "G"
    B = "B"


class RescaleTypeValues(Enum):
    """Rescale Type (PS3.3 C.11.1.1.2)."""

    OD = "OD"
    HU = "HU"
    US = "US"
    MGML = "MGML"
    Z_EFF = "Z_EFF"
    ED = "ED"
    EDW = "EDW"
    HU_MOD = "HU_MOD"
    PCT = "PCT"


class SpecificCharacterSetValues(Enum):
    """Specific Character Set (PS3.3 C.12.1.1.2)."""

    LATIN_ALPHABET_NO_1 = "ISO_IR 100"
    LATIN_ALPHABET_NO_2 = "ISO_IR 101"
    LATIN_ALPHABET_NO_3 = "ISO_IR 109"
    LATIN_ALPHABET_NO_4 = "ISO_IR 110"
    CYRILLIC = "ISO_IR 144"
    ARABIC = "ISO_IR 127"
    GREEK = "ISO_IR 126"
    HEBREW = "ISO_IR 138"
    LATIN_ALPHABET_NO_5 = "ISO_IR 148"
    LATIN_ALPHABET_NO_9 = "ISO_IR 203"
    JAPANESE = "ISO_IR 13"
    THAI = "ISO_IR 166"
    DEFAULT_REPERTOIRE_CODE_EXTENSIONS = "ISO 2022 IR 6"
    LATIN_ALPHABET_NO_1_CODE_EXTENSIONS = "ISO 2022 IR 100"
    LATIN_ALPHABET_NO_2_CODE_EXTENSIONS = "ISO 2022 IR 101"
    LATIN_ALPHABET_NO_3_CODE_EXTENSIONS = "ISO 2022 IR 109"
    LATIN_ALPHABET_NO_4_CODE_EXTENSIONS = "ISO 2022 IR 110"
    CYRILLIC_CODE_EXTENSIONS = "ISO 2022 IR 144"
    ARABIC_CODE_EXTENSIONS = "ISO 2022 IR 127"
    GREEK_CODE_EXTENSIONS = "ISO 2022 IR 126"
    HEBREW_CODE_EXTENSIONS = "ISO 2022 IR 138"
    LATIN_ALPHABET_NO_5_CODE_EXTENSIONS = "ISO 2022 IR 148"
    LATIN_ALPHABET_NO_9_CODE_EXTENSIONS = "ISO 2022 IR 203"
    JAPANESE_CODE_EXTENSIONS = "ISO 2022 IR 13"
    THAI_CODE_EXTENSIONS = "ISO 2022 IR 166"
    JAPANESE_KANJI_CODE_EXTENSIONS = "ISO 2022 IR 87"
    JAPANESE_KANJI_SUPPLEMENTARY_CODE_EXTENSIONS = "ISO 2022 IR 159"
    KOREAN_CODE_EXTENSIONS = "ISO 2022 IR 149"
    SIMPLIFIED_CHINESE_CODE_EXTENSIONS = "ISO 2022 IR 58"
    UNICODE_IN_UTF8 = "ISO_IR 192"
    GB18030 = "GB18030"
    GBK = "GBK"


class UniversalEntityIDTypeValues(Enum):
    """Universal Entity ID Type (PS3.3 Table 10-17)."""

    DNS = "DNS"
    EUI64 = "EUI64"
    ISO = "ISO"
    URI = "URI"
    UUID = "UUID"
    X400 = "X400"
    X500 = "X500"


class VOILUTFunctionValues(Enum):
    """VOI LUT Function (PS3.3 C.11.2.1.3)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"
