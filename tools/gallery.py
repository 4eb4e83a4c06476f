"""Draw the pictures of docs/rendering.md from the files that come with pydicom and the phantom.

python tools/gallery.py

None of these packages has a real series whose planes are large enough to be looked at, so that
stacks are the phantom's.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.data import get_testdata_file

import iodkit as ik
from iodkit.testing import phantom

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
ORGANS = ("Liver", "Heart", "Spleen", "Left kidney", "Right kidney")


def real_file(name: str) -> str:
    """Find a file that comes with pydicom."""
    return str(get_testdata_file(name))


def bone_of(image: Any) -> Any:
    """Segment what is dense in a CT image of a head, without what the head lies in."""
    dense = image.get_frame(1) > 300
    dense[450:], dense[:, :130], dense[:, 410:] = False, False, False
    codes = ik.codes.SCT
    segment = ik.seg.SegmentDescription(1, "Bone", codes.Tissue, codes.Bone, "MANUAL")
    with ik.defaults(equipment=ik.Equipment("iodkit", "Gallery", "0", "0")):
        return ik.seg.Segmentation([image], dense, "BINARY", [segment])


def segmented(series: Any) -> Any:
    """Segment some organs of the phantom."""
    _, labels = phantom.ct_arrays(24, 128, 128, variant="axial")
    organs = [each for each in phantom.SEGMENTS if each.name in ORGANS]
    kept = np.zeros_like(labels)
    for number, organ in enumerate(organs, 1):
        kept[labels == organ.number] = number
    segments = [
        ik.seg.SegmentDescription(number, organ.name, organ.category, organ.type, "MANUAL")
        for number, organ in enumerate(organs, 1)
    ]
    with ik.defaults(equipment=ik.Equipment("iodkit", "Gallery", "0", "0")):
        return ik.seg.Segmentation(series, kept, "LABELMAP", segments)


def main() -> int:
    """Draw everything."""
    warnings.simplefilter("ignore")
    head = ik.imread(real_file("693_UNCR.dcm"))
    series = phantom.ct_series(24, 128, 128)
    seg = segmented(series)
    volume = ik.get_volume_from_series(series)
    pictures = {
        "ct": ik.render(real_file("CT_small.dcm"), window=(40, 800), size=320),
        "rgb": ik.render(real_file("examples_rgb_color.dcm"), size=320),
        "palette": ik.render(real_file("examples_palette.dcm"), size=320),
        "head": ik.render(head, size=320),
        "shoulder": ik.render(real_file("MR2_UNCR.dcm"), size=320),
        "chest": ik.render(real_file("RG1_UNCR.dcm"), size=320),
        "overlay": ik.render(head, overlays=[bone_of(head)], size=320),
        "perfusion": ik.montage(real_file("eCT_Supplemental.dcm"), size=256),
        "montage": ik.montage(series, [4, 8, 12, 16], [seg], columns=4, window=(40, 400), size=160),
        "frames": ik.montage(real_file("emri_small.dcm"), columns=5, size=128),
        "multiplanar": ik.multiplanar(volume, [seg], window=(40, 400), size=240),
    }
    for name, picture in pictures.items():
        picture.quantize(128).save(FOLDER / f"{name}.png", optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
