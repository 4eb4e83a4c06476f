"""Chinese by code extension: bytes as PS3.5 K has them, which pydicom neither writes nor reads."""

from __future__ import annotations

import io

import pytest
from pydicom import dcmread
from pydicom.charset import convert_encodings
from pydicom.valuerep import PersonName

import iodkit as ik
from iodkit import sr
from iodkit.elements.chinese import decode_text, encode_name, encode_text
from iodkit.testing import phantom

TERMS = ["", "ISO 2022 IR 58"]
NAMES = convert_encodings(TERMS)
DELIMITERS = {0x09, 0x0A, 0x0C, 0x0D}
# PS3.5 K.3, without the padding at the end.
LINES = "1.第一行文字。\r\n2.第二行文字。\r\n3.第三行文字。\r\n"
LINES_ENCODED = bytes.fromhex(
    "312e1b242941b5dad2bbd0d0cec4d7d6a1a31b28420d0a"
    "322e1b242941b5dab6fed0d0cec4d7d6a1a31b28420d0a"
    "332e1b242941b5dac8fdd0d0cec4d7d6a1a31b28420d0a"
)
# The name of PS3.5 J.3; each component begins in the first character set (PS3.5 6.1.2.5.3).
NAME = "Wang^XiaoDong=王^小东"
NAME_ENCODED = b"Wang^XiaoDong=\x1b$)A\xcd\xf5^\x1b$)A\xd0\xa1\xb6\xab"


def test_lines_of_the_standard():
    assert encode_text(LINES, NAMES) == LINES_ENCODED
    assert decode_text(LINES_ENCODED, NAMES, DELIMITERS) == LINES


def test_names():
    assert encode_name(PersonName(NAME), NAMES) == NAME_ENCODED
    assert encode_name(NAME, NAMES) == NAME_ENCODED
    # As pydicom reads them.
    assert encode_name(PersonName(NAME_ENCODED, NAMES), NAMES) == NAME_ENCODED
    assert encode_name("Doe^Jane==", NAMES) == PersonName("Doe^Jane==").encode(NAMES)


@pytest.mark.parametrize(
    "text", ["王", "Größe 王 Größe", "王Größe", "a王b\t小\n东", "no Chinese", "", "é", "、。王"]
)
def test_beside_another_set_with_characters_beyond_ascii(text):
    names = convert_encodings(["ISO 2022 IR 100", "ISO 2022 IR 58"])
    assert decode_text(encode_text(text, names), names, DELIMITERS) == text


@pytest.mark.parametrize("terms", ["ISO_IR 192", "GB18030", ["", "ISO 2022 IR 87"]])
def test_other_character_sets_are_left_to_pydicom(terms):
    from pydicom.charset import decode_bytes, encode_string

    names = convert_encodings(terms)
    assert encode_text("山田", names) == encode_string("山田", names)
    assert encode_name("山^田", names) == PersonName("山^田").encode(names)
    encoded = encode_string("山田", names)
    assert decode_text(encoded, names, DELIMITERS) == decode_bytes(encoded, names, DELIMITERS)


def test_characters_that_no_set_has_are_replaced_with_a_warning():
    with pytest.warns(UserWarning, match="Failed to encode"):
        assert b"?" in encode_text("王Ж김", NAMES)


def document():
    title = sr.CodedConcept("1", "99ACME", "标题")
    root = sr.ContainerContentItem(title)
    root.ContentSequence = sr.ContentSequence(
        [
            sr.TextContentItem(title, LINES, "CONTAINS"),
            sr.PnameContentItem(title, NAME, "CONTAINS"),
        ]
    )
    images = phantom.ct_series(1, 8, 8)
    with ik.defaults(equipment=ik.Equipment("制造商", "Tests", "1", "1")):
        return sr.EnhancedSR(images, root, specific_character_set=TERMS)


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2"])
def test_documents(syntax):
    made = document()
    made.file_meta.TransferSyntaxUID = syntax
    buffer = io.BytesIO()
    made.save_as(buffer)
    content = buffer.getvalue()
    assert LINES_ENCODED in content
    assert NAME_ENCODED in content
    read = sr.srread(io.BytesIO(content))
    assert read.Manufacturer == "制造商"
    assert read.tree["1.1"].value == LINES
    assert read.tree["1.2"].value == NAME
    assert read.tree["1.1"].name.meaning == "标题"
    text, name = read.content[0].ContentSequence
    assert (text.value, text.name.meaning) == (read.tree["1.1"].value, "标题")
    assert name.value == NAME
    assert "\x1b" not in read.to_json()
    again = io.BytesIO()
    read.save_as(again)
    assert again.getvalue() == content
    report = ik.validate(io.BytesIO(content))
    assert not report.errors, str(report)
    # pydicom finds the characters, with the sequence before them.
    assert "小东" in str(dcmread(io.BytesIO(content)).ContentSequence[1].PersonName)
