"""Colours for segments that have none, since viewers rely on them (PS3.3 C.8.20.4)."""

from __future__ import annotations

import math
from contextlib import suppress
from copy import copy
from functools import lru_cache
from typing import TYPE_CHECKING

from iodkit.content import CIELabColor
from iodkit.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from iodkit_seg.segments.description import SegmentDescription

__all__ = ["default_color", "usual_color", "with_color", "with_colors"]

# Turning by this angle keeps any number of hues well apart.
_GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
_LIGHTNESS = (68.0, 52.0, 82.0)
_CHROMA = 58
# Distance in CIELab at which colours beside each other are told apart at a glance.
_APART = 12.0
# Numbers that are tried after a segment's own if its colour is taken.
_TRIES, _STEP = 24, 89
# No more colours than that can be told apart, so that none is looked for.
_MOST_COMPARED = 200

# Codes of SNOMED CT, and the colour (sRGB) in which viewers usually show the property.  Those of
# the first part are the recommended ones of 3D Slicer's list of general anatomy
# (SegmentationCategoryTypeModifier-SlicerGeneralAnatomy.json, in the form of dcmqi's schema).
_USUAL: dict[str, tuple[int, int, int]] = {
    "85756007": (128, 174, 128),  # tissue
    "39937001": (177, 122, 101),  # skin
    "248300009": (230, 220, 70),  # body fat
    "71616004": (192, 104, 88),  # muscle
    "309312004": (111, 184, 210),  # cartilage
    "52082005": (183, 214, 211),  # ligament
    "13024002": (152, 189, 207),  # tendon
    "74135004": (178, 212, 242),  # meniscus
    "119410002": (244, 214, 49),  # nerve
    "272673000": (241, 214, 145),  # bone
    "113197003": (253, 232, 158),  # rib
    "89546000": (241, 213, 144),  # skull
    "91609006": (222, 198, 101),  # mandible
    "70925003": (196, 172, 68),  # maxilla
    "38199008": (255, 250, 220),  # tooth
    "56873002": (244, 217, 154),  # sternum
    "51299004": (205, 179, 108),  # clavicle
    "122494005": (255, 255, 207),  # cervical spine
    "122495006": (226, 202, 134),  # thoracic spine
    "122496007": (212, 188, 102),  # lumbar spine
    "51114001": (216, 101, 79),  # artery
    "15825003": (224, 97, 76),  # aorta
    "29092000": (0, 151, 206),  # vein
    "59441001": (68, 172, 100),  # lymph node
    "80891009": (206, 110, 84),  # heart
    "87878005": (152, 55, 13),  # left ventricle
    "53085002": (181, 85, 57),  # right ventricle
    "34202007": (218, 123, 97),  # aortic valve
    "91134007": (159, 63, 27),  # mitral valve
    "39057004": (225, 130, 104),  # pulmonary valve
    "46030003": (166, 70, 38),  # tricuspid valve
    "76848001": (255, 244, 209),  # pericardium
    "39607008": (197, 165, 145),  # lung
    "45653009": (172, 138, 115),  # upper lobe of lung
    "72481006": (202, 164, 140),  # middle lobe of right lung
    "90572001": (224, 186, 162),  # lower lobe of lung
    "3120008": (255, 245, 217),  # pleura
    "44567001": (182, 228, 255),  # trachea
    "4596009": (150, 208, 243),  # larynx
    "54066008": (184, 105, 108),  # pharynx
    "21974007": (166, 84, 94),  # tongue
    "385294005": (70, 163, 117),  # salivary gland
    "69748006": (62, 162, 114),  # thyroid
    "9875009": (47, 150, 103),  # thymus
    "32849002": (211, 171, 143),  # oesophagus
    "69695003": (216, 132, 105),  # stomach
    "38848004": (255, 253, 229),  # duodenum
    "30315005": (205, 167, 142),  # small intestine
    "71854001": (204, 168, 143),  # colon
    "53505006": (255, 224, 199),  # anus
    "10200004": (221, 130, 101),  # liver
    "28231008": (139, 150, 98),  # gallbladder
    "28273000": (0, 145, 30),  # bile duct
    "15776009": (249, 180, 111),  # pancreas
    "78961009": (157, 108, 162),  # spleen
    "64033007": (185, 102, 83),  # kidney
    "23451007": (249, 186, 150),  # adrenal gland
    "89837001": (222, 154, 132),  # urinary bladder
    "13648007": (124, 186, 223),  # urethra
    "41216001": (230, 158, 140),  # prostate
    "64739004": (245, 172, 147),  # seminal vesicle
    "35039007": (255, 181, 158),  # uterus
    "15497006": (213, 141, 113),  # ovary
    "76784001": (193, 123, 103),  # vagina
    "12738006": (250, 250, 225),  # brain
    "389081007": (200, 200, 235),  # grey matter
    "389080008": (250, 250, 210),  # white matter
    "280371009": (85, 188, 255),  # space of the cerebrospinal fluid
    "35764002": (88, 106, 215),  # ventricles of the brain
    "83251001": (83, 146, 164),  # frontal lobe
    "78277001": (162, 115, 105),  # temporal lobe
    "16630005": (141, 93, 137),  # parietal lobe
    "31065004": (182, 166, 110),  # occipital lobe
    "11000004": (30, 111, 85),  # caudate nucleus
    "89278009": (210, 157, 166),  # putamen
    "14738005": (48, 129, 126),  # globus pallidus
    "119406000": (122, 101, 38),  # thalamus
    "4958002": (98, 153, 112),  # amygdala
    "88442005": (97, 113, 158),  # corpus callosum
    "61962009": (145, 92, 109),  # midbrain
    "56329008": (57, 157, 110),  # pituitary gland
    "79652003": (194, 142, 0),  # eyeball
    "2748008": (244, 214, 49),  # spinal cord
    "4147007": (144, 238, 144),  # mass
    "6574001": (216, 191, 216),  # necrosis
    "79654002": (140, 224, 228),  # oedema
    "50960005": (188, 65, 28),  # haemorrhage
    "75753009": (145, 60, 66),  # blood clot
    "55584005": (150, 98, 83),  # embolus
    "367643001": (205, 205, 100),  # cyst
    "32457005": (170, 250, 250),  # body fluid
    "39477002": (78, 63, 0),  # faeces
    "74947009": (218, 255, 255),  # gas
    "78014005": (214, 230, 130),  # urine
    "79068005": (240, 255, 30),  # needle
    "19227008": (220, 245, 20),  # foreign body
    # Not in that list: like a property that is near, or our choice.
    "55603005": (230, 220, 70),  # adipose tissue: body fat
    "256674009": (230, 220, 70),  # fat: body fat
    "127954009": (192, 104, 88),  # skeletal muscle: muscle
    "51282000": (255, 255, 207),  # vertebra: cervical spine
    "54735007": (212, 188, 102),  # sacrum: lumbar spine
    "71341001": (250, 210, 139),  # femur
    "59820001": (216, 101, 79),  # blood vessel: artery
    "81040000": (0, 122, 171),  # pulmonary artery, whose blood is venous
    "122972007": (186, 77, 64),  # pulmonary vein, whose blood is arterial
    "64131007": (0, 151, 206),  # inferior vena cava: vein
    "48345005": (0, 151, 206),  # superior vena cava: vein
    "32764006": (0, 151, 206),  # portal vein: vein
    "82471001": (186, 106, 83),  # left atrium
    "73829009": (210, 115, 89),  # right atrium
    "955009": (175, 216, 244),  # bronchus
    "34402009": (200, 155, 131),  # rectum
    "65216001": (85, 188, 255),  # cerebrospinal fluid: its space
    "113305005": (194, 195, 164),  # cerebellum: its white matter
    "119238007": (85, 188, 143),  # brain stem
    "108369006": (144, 238, 144),  # neoplasm: mass
    "52988006": (253, 227, 133),  # lesion
}


@lru_cache(maxsize=4096)
def default_color(segment_number: int) -> CIELabColor:
    """Choose a colour that differs from those of other segments.

    Parameters
    ----------
    segment_number : int
        Number of the segment; 0 for the background.

    Returns
    -------
    CIELabColor
        Always the same one for a number; black for the background.
    """
    if segment_number == 0:
        return CIELabColor(0.0, 0.0, 0.0)
    hue = segment_number * _GOLDEN_ANGLE
    lightness = _LIGHTNESS[segment_number % len(_LIGHTNESS)]
    return _most_saturated(lightness, hue)


def _most_saturated(lightness: float, hue: float) -> CIELabColor:
    """Choose the strongest colour of a hue that screens (sRGB) show as it is."""
    for chroma in range(_CHROMA, 0, -2):
        color = CIELabColor(lightness, chroma * math.cos(hue), chroma * math.sin(hue))
        with suppress(InvalidValueError):
            color.to_rgb()
            return color
    return CIELabColor(lightness, 0.0, 0.0)


def usual_color(description: SegmentDescription) -> CIELabColor | None:
    """Give the colour in which a segmented property is usually shown.

    Parameters
    ----------
    description : SegmentDescription
        The segment.

    Returns
    -------
    CIELabColor | None
        The colour; ``None`` if the code of the property has none.
    """
    code = description.segmented_property_type
    if code.scheme_designator != "SCT" or code.value not in _USUAL:
        return None
    return CIELabColor.from_rgb(*_USUAL[code.value])


def with_color(description: SegmentDescription) -> SegmentDescription:
    """Give a description a colour, if it has none.

    Parameters
    ----------
    description : SegmentDescription
        Description; it is not changed.

    Returns
    -------
    SegmentDescription
        The same, or a copy with a colour.
    """
    return with_colors([description])[0]


def with_colors(descriptions: Sequence[SegmentDescription]) -> list[SegmentDescription]:
    """Give descriptions a colour each, if they have none.

    Colours that are there stay.  Of the segments of one property the first has its usual colour;
    the others, and those of properties without one, have a colour that differs from all before.

    Parameters
    ----------
    descriptions : Sequence[SegmentDescription]
        Descriptions; they are not changed.

    Returns
    -------
    list[SegmentDescription]
        The same ones, or copies with a colour.
    """
    found = [description.display_color for description in descriptions]
    taken = dict.fromkeys(color.lab for color in found if color is not None)
    out = []
    for description, color in zip(descriptions, found, strict=True):
        if color is None:
            chosen = _free_color(description, taken)
            taken[chosen.lab] = None
            out.append(_colored(description, chosen))
        else:
            out.append(description)
    return out


def _free_color(
    description: SegmentDescription, taken: Collection[tuple[float, float, float]]
) -> CIELabColor:
    """Usual colour of a segment, or the first that differs from those that are taken."""
    number = description.segment_number
    usual = usual_color(description)
    if usual is not None and usual.lab not in taken:
        return usual
    own = default_color(number)
    if number == 0 or len(taken) > _MOST_COMPARED:
        return own
    for attempt in range(_TRIES):
        candidate = default_color(number + attempt * _STEP)
        lab = candidate.lab
        if all(math.dist(lab, other) >= _APART for other in taken):
            return candidate
    return own


def _colored(description: SegmentDescription, color: CIELabColor) -> SegmentDescription:
    twin = copy(description)
    twin.RecommendedDisplayCIELabValue = list(color.value)
    return twin
