"""Every file of pydicom's, in every transfer syntax and character set: the bytes of dcmwrite."""

import copy
import io
import warnings
from functools import cache
from pathlib import Path

import pydicom.data
import pytest
from pydicom import dcmread, dcmwrite
from pydicom.charset import python_encoding
from pydicom.data import get_charset_files
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from iodkit.errors import IodkitError
from iodkit.io import encode_file, join_pieces

FOLDER = Path(pydicom.data.__file__).parent
SYNTAXES = [
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
]
TERMS = [*sorted(term for term in python_encoding if term), ["ISO 2022 IR 6", "ISO 2022 IR 87"]]

pytestmark = pytest.mark.filterwarnings("ignore")


@cache
def files():
    """Give the contents of all files that pydicom reads, also those of odd character sets."""
    paths = [path for path in sorted((FOLDER / "test_files").rglob("*")) if path.is_file()]
    found = {}
    for path in paths + [Path(name) for name in get_charset_files("*")]:
        content = path.read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                dataset = dcmread(io.BytesIO(content))
                list(dataset.iterall())
            except Exception:  # noqa: BLE001 - the folder holds broken and foreign files too
                continue
        if "TransferSyntaxUID" in dataset.file_meta:
            found[path.name] = content
    return found


def changed(content, syntax, terms, *, decoded):
    dataset = dcmread(io.BytesIO(content))
    dataset.file_meta = copy.deepcopy(dataset.file_meta)
    dataset.file_meta.TransferSyntaxUID = syntax or dataset.file_meta.TransferSyntaxUID
    if decoded or terms is not None:
        list(dataset.iterall())
    if terms is not None:
        dataset.SpecificCharacterSet = terms
    return dataset


def compare(content, syntax, terms=None, *, decoded=False):
    """Tell whether pydicom writes it; ours writes the same, or ends in an error of its own."""
    theirs = changed(content, syntax, terms, decoded=decoded)
    ours = changed(content, syntax, terms, decoded=decoded)
    buffer = io.BytesIO()
    try:
        dcmwrite(buffer, theirs, enforce_file_format=True)
    except Exception:  # noqa: BLE001 - whatever pydicom raises, ours is one error
        with pytest.raises(IodkitError):
            join_pieces(encode_file(ours))
        return False
    assert join_pieces(encode_file(ours)) == buffer.getvalue()
    return True


def test_there_are_files():
    assert len(files()) > 120


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda uid: uid.name)
def test_every_file_in_every_syntax(syntax):
    contents = files().values()
    compared = sum(
        compare(content, syntax, decoded=bool(number % 2))
        for number, content in enumerate(contents)
    )
    assert compared > 60


@pytest.mark.parametrize("terms", ["ISO_IR 192", TERMS[-1]], ids=str)
def test_every_file_in_another_character_set(terms):
    """Text that the new character set lacks is replaced alike, or an error on both sides."""
    compared = sum(compare(content, None, terms) for content in files().values())
    assert compared > 60


@pytest.mark.parametrize("terms", TERMS, ids=str)
def test_files_with_odd_text_in_every_character_set(terms):
    names = [Path(name).name for name in get_charset_files("*")]
    contents = [files()[name] for name in names if name in files()]
    assert sum(compare(content, None, terms) for content in contents) >= 3
