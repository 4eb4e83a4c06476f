"""The organs of the phantom: their numbers in the label map, names and codes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from pydicom.sr.coding import Code

__all__ = ["SEGMENTS", "Organ", "PhantomSegment"]


class Organ(IntEnum):
    """Number of each organ in the phantom's label map; 0 is the background."""

    SKIN = 1
    FAT = 2
    MUSCLE = 3
    LUNG_RIGHT = 4
    LUNG_LEFT = 5
    TRACHEA = 6
    HEART = 7
    AORTA = 8
    VENA_CAVA = 9
    ESOPHAGUS = 10
    VERTEBRAE = 11
    CANAL = 12
    RIBS = 13
    STERNUM = 14
    LIVER = 15
    SPLEEN = 16
    STOMACH = 17
    KIDNEY_RIGHT = 18
    KIDNEY_LEFT = 19
    INTESTINE = 20


@dataclass(frozen=True, slots=True)
class PhantomSegment:
    """One organ, as a segmentation describes it (PS3.3 C.8.20.4).

    Parameters
    ----------
    number : int
        Number in the label map.
    name : str
        Name, usable as Segment Label.
    category : pydicom.sr.coding.Code
        Segmented property category (CID 7150).
    type : pydicom.sr.coding.Code
        Segmented property type.
    laterality : pydicom.sr.coding.Code | None
        Side, as the modifier of the type (CID 244).
    """

    number: int
    name: str
    category: Code
    type: Code
    laterality: Code | None = None


_ANATOMY = Code("123037004", "SCT", "Anatomical Structure")
_TISSUE = Code("85756007", "SCT", "Tissue")
_RIGHT = Code("24028007", "SCT", "Right")
_LEFT = Code("7771000", "SCT", "Left")


def _organ(organ: Organ, name: str, value: str, meaning: str) -> PhantomSegment:
    side = _RIGHT if name.startswith("Right") else _LEFT if name.startswith("Left") else None
    tissue = organ in {Organ.FAT, Organ.MUSCLE}
    category = _TISSUE if tissue else _ANATOMY
    return PhantomSegment(int(organ), name, category, Code(value, "SCT", meaning), side)


SEGMENTS: tuple[PhantomSegment, ...] = (
    _organ(Organ.SKIN, "Skin", "39937001", "Skin"),
    _organ(Organ.FAT, "Fat", "55603005", "Adipose tissue"),
    _organ(Organ.MUSCLE, "Muscle", "91727004", "Muscle"),
    _organ(Organ.LUNG_RIGHT, "Right lung", "39607008", "Lung"),
    _organ(Organ.LUNG_LEFT, "Left lung", "39607008", "Lung"),
    _organ(Organ.TRACHEA, "Trachea and bronchi", "44567001", "Trachea"),
    _organ(Organ.HEART, "Heart", "80891009", "Heart"),
    _organ(Organ.AORTA, "Aorta", "15825003", "Aorta"),
    _organ(Organ.VENA_CAVA, "Inferior vena cava", "64131007", "Inferior vena cava"),
    _organ(Organ.ESOPHAGUS, "Esophagus", "32849002", "Esophagus"),
    _organ(Organ.VERTEBRAE, "Vertebrae", "51282000", "Vertebra"),
    _organ(Organ.CANAL, "Vertebral canal", "61853006", "Vertebral canal"),
    _organ(Organ.RIBS, "Ribs", "113197003", "Rib"),
    _organ(Organ.STERNUM, "Sternum", "56873002", "Sternum"),
    _organ(Organ.LIVER, "Liver", "10200004", "Liver"),
    _organ(Organ.SPLEEN, "Spleen", "78961009", "Spleen"),
    _organ(Organ.STOMACH, "Stomach", "69695003", "Stomach"),
    _organ(Organ.KIDNEY_RIGHT, "Right kidney", "64033007", "Kidney"),
    _organ(Organ.KIDNEY_LEFT, "Left kidney", "64033007", "Kidney"),
    _organ(Organ.INTESTINE, "Intestine", "113276009", "Intestine"),
)
