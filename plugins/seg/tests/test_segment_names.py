"""Names of models and data sets stand for codes, or for none."""

import pytest

from iodkit.coding import codes
from iodkit_seg import find_segment_codes

# Names that published models use, and what they mean.
KNOWN = {
    "liver": ("10200004", None),
    "Liver": ("10200004", None),
    "LIVER": ("10200004", None),
    "kidney_left": ("64033007", "Left"),
    "Left Kidney": ("64033007", "Left"),
    "LeftKidney": ("64033007", "Left"),
    "kidney_r": ("64033007", "Right"),
    "lungs": ("39607008", None),
    "lung_upper_lobe_left": ("45653009", "Left"),
    "lung_middle_lobe_right": ("72481006", None),
    "vertebrae_L1": ("66794005", None),
    "vertebrae_T12": ("23215003", None),
    "L5 vertebra": ("49668003", None),
    "clavicula_left": ("51299004", "Left"),
    "adrenal_gland_right": ("23451007", "Right"),
    "thyroid_gland": ("69748006", None),
    "urinary_bladder": ("89837001", None),
    "small_bowel": ("30315005", None),
    "brainstem": ("119238007", None),
    "heart_atrium_left": ("82471001", None),
    "iliac_vena_left": ("244411005", "Left"),
    "inferior_vena_cava": ("64131007", None),
    "common_carotid_artery_right": ("32062004", "Right"),
    "oesophagus": ("32849002", None),
    "Tumour": ("108369006", None),
    "lesion": ("52988006", None),
    "bone": ("3138006", None),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_names(name):
    value, side = KNOWN[name]
    found = find_segment_codes(name)
    assert (found.type.value, found.type.scheme_designator) == (value, "SCT")
    assert [code.meaning for code in found.modifiers] == ([side] if side else [])


@pytest.mark.parametrize(
    "name",
    [
        "",
        "_",
        "class 7",
        "left",
        "of the",
        "gland",
        "rib_left_1",
        "autochthon_left",
        "left right kidney",
        "portal_vein_and_splenic_vein",
        "kidney cyst",
        "descending aorta",  # two codes have this meaning
    ],
)
def test_names_without_a_code(name):
    assert find_segment_codes(name) is None


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("liver", "AnatomicalStructure"),
        ("bone", "Tissue"),
        ("edema", "MorphologicallyAbnormalStructure"),
        ("urine", "BodySubstance"),
        ("Stent", "PhysicalObject"),
    ],
)
def test_categories(name, category):
    assert find_segment_codes(name).category == getattr(codes.cid(7150), category)


def test_every_meaning_of_the_context_group_stands_for_its_code_or_for_none():
    found = [(code, find_segment_codes(code.meaning)) for code in codes.cid(7192)]
    assert all(
        got is None or got.type.meaning.lower() == code.meaning.lower() for code, got in found
    )
    assert sum(got is not None for _, got in found) > 0.95 * len(found)
