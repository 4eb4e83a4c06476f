"""``iodkit convert``: forms of any object, and those of plugins."""

import json
import sys
import types

import pydicom
import pytest
from pydicom.data import get_testdata_file

from iodkit import cli
from iodkit.errors import InvalidTypeError, InvalidValueError
from iodkit.registry import ExportEntry, hookimpl, registry

CT = get_testdata_file("CT_small.dcm")
UID = "1.2.840.10008.5.1.4.1.1.2"


class Plugin:
    def __init__(self, *entries):
        self.entries = entries

    @hookimpl
    def iodkit_exports(self):
        return list(self.entries)


@pytest.fixture
def forms(monkeypatch):
    module = types.ModuleType("forms_of_a_test")
    module.shout = lambda dataset: f"{dataset.Modality}!"
    module.data = lambda dataset: bytes([dataset.Rows])
    monkeypatch.setitem(sys.modules, "forms_of_a_test", module)
    added = []

    def add(*entries):
        plugin = Plugin(*entries)
        registry.register(plugin, name=f"forms_{len(added)}")
        added.append(f"forms_{len(added)}")

    yield add
    for each in added:
        registry.unregister(each)


def entry(name, suffix, function="shout", uids=(UID,)):
    return ExportEntry(name, suffix, f"forms_of_a_test:{function}", uids)


def test_any_object_as_json(tmp_path, capsysbinary):
    out = tmp_path / "ct.dicom.json"
    assert cli.main(["convert", CT, "-o", str(out)]) == 0
    assert json.loads(out.read_text())["00080016"]["Value"] == [UID]
    assert pydicom.Dataset.from_json(out.read_text()).PixelData == pydicom.dcmread(CT).PixelData
    assert cli.main(["convert", CT, "--as", "dicom-json"]) == 0
    assert capsysbinary.readouterr().out == out.read_bytes()


def test_forms_of_plugins(forms, tmp_path, capsysbinary):
    other = entry("other", ".x", uids=("1.2",))
    forms(entry("shout", ".shout"), entry("rows", ".rows.bin", "data"), other)
    out = tmp_path / "a.rows.bin"
    assert cli.main(["convert", CT, "-o", str(out)]) == 0
    assert out.read_bytes() == bytes([128])
    assert cli.main(["convert", CT, "--as", "shout"]) == 0
    assert capsysbinary.readouterr().out == b"CT!"
    assert registry.exports("1.2") == (other,)


def test_the_longest_suffix_counts(forms, tmp_path):
    forms(entry("short", ".gz"), entry("long", ".tar.gz", "data"))
    out = tmp_path / "a.TAR.gz"
    assert cli.main(["convert", CT, "-o", str(out)]) == 0
    assert out.read_bytes() == bytes([128])


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--as", "none"], "dicom-json"),
        (["-o", "a.none"], "*.dicom.json"),
        ([], "neither a form nor a file"),
    ],
)
def test_what_there_is_not(arguments, text, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["convert", CT, *arguments]) == 2
    assert text in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_form_of_two_plugins(forms, capsys):
    forms(entry("twice", ".a"))
    forms(entry("twice", ".b", "data"))
    assert cli.main(["convert", CT, "--as", "twice"]) == 2
    assert "forms_of_a_test:data" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "suffix", "reference", "error"),
    [
        ("Big", ".a", "a:b", InvalidValueError),
        ("a", "a", "a:b", InvalidValueError),
        ("a", "", "a:b", InvalidValueError),
        ("a", ".a", "a", InvalidValueError),
        (1, ".a", "a:b", InvalidTypeError),
    ],
)
def test_what_is_no_record(name, suffix, reference, error):
    with pytest.raises(error):
        ExportEntry(name, suffix, reference)
