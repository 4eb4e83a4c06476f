from __future__ import annotations

import pytest
from pydicom.sr.codedict import codes as pydicom_codes

from iodkit.coding import CodedConcept, UnknownCodeError, codes
from iodkit.errors import NotFoundError


def test_codes_are_those_of_pydicom() -> None:
    assert codes.SCT.Liver == pydicom_codes.SCT.Liver
    assert set(codes.schemes()) == set(pydicom_codes.schemes())
    group = codes.cid(7150)
    assert group.name == codes.cid7150.name == codes.CID7150.name == "CID7150"
    assert list(group) == list(pydicom_codes.CID7150.concepts.values())


def test_looking_around() -> None:
    assert "Liver" in codes.SCT.keywords("liver")
    assert "Liver" in dir(codes.SCT)
    assert "SCT" in dir(codes)
    assert codes.SCT.find("10200004").meaning == "Liver"
    assert "Liver" in codes.SCT
    assert codes.DCM.ProcessingType in codes.DCM
    assert CodedConcept("x", "99ACME", "x") not in codes.cid(7150)
    assert repr(codes.SCT) == "<codes of SCT>"


@pytest.mark.parametrize(
    "look_up",
    [
        lambda: codes.SCT.Livr,
        lambda: codes.NOSUCH,
        lambda: codes.cid(1),
        lambda: codes.SCT.find("nothing"),
    ],
)
def test_unknown(look_up) -> None:
    for kind in (UnknownCodeError, NotFoundError, AttributeError, KeyError):
        with pytest.raises(kind):
            look_up()
    with pytest.raises(UnknownCodeError, match="Liver"):
        _ = codes.SCT.Livr
    assert not hasattr(codes, "NOSUCH")


def test_keywords_of_several_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    from pydicom.sr._concepts_dict import concepts

    both = {"x1": ("One", []), "x2": ("Two", [])}
    monkeypatch.setitem(concepts["DCM"], "OneOrTwo", both)
    with pytest.raises(UnknownCodeError, match="Multiple"):
        _ = codes.DCM.OneOrTwo
    assert [codes.DCM.find(value).meaning for value in both] == ["One", "Two"]
