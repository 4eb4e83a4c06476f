import json

import numpy as np
import pytest
from pydicom.dataset import Dataset

import iodkit as ik
from iodkit.cli import main
from iodkit.errors import InvalidValueError
from iodkit.registry import SummaryEntry, hookimpl, registry
from iodkit.summaries import Section, Summary, summarise
from iodkit.testing import phantom
from segments import EQUIPMENT, descriptions

SHAPE = (5, 24, 20)


@pytest.fixture
def folder(tmp_path):
    series = phantom.ct_series(*SHAPE)
    for index, ds in enumerate(series):
        ds.PatientName, ds.PatientID = "Secret^Person", "4711"
        ds.AccessionNumber, ds.StudyDate = "A77", "20240229"
        ds.SeriesDescription = "Head of Mr Secret"
        ds.save_as(tmp_path / f"{index}.dcm", enforce_file_format=True)
    labels = np.zeros(SHAPE, np.uint8)
    labels[1:4, 5:9, 5:9] = 1
    labels[2, 12:15, 5:9] = 2
    with ik.defaults(equipment=EQUIPMENT):
        seg = ik.seg.Segmentation(series, labels, "BINARY", descriptions(2))
    seg.save_as(tmp_path / "seg.dcm")
    return tmp_path


def test_a_section_reads_well():
    section = Section(
        "Thing",
        {"a": 1, "long name": 2.5, "none": None, "yes": True},
        ("n", "x"),
        ((1, "é"), (20, None)),
    )
    assert str(section).splitlines() == [
        "Thing",
        "  a          1",
        "  long name  2.5",
        "  yes        yes",
        "  n   x",
        "  1   é",
        "  20  -",
    ]
    assert section.to_json() == {
        "a": 1,
        "long name": 2.5,
        "yes": True,
        "rows": [{"n": 1, "x": "é"}, {"n": 20, "x": None}],
    }
    assert Summary((section,)).to_json() == {"Thing": section.to_json()}


def test_info_says_what_a_segmentation_is_but_not_whose(folder, capsys):
    assert main(["info", str(folder / "seg.dcm")]) == 0
    text = capsys.readouterr().out
    for word in ("Segmentation Storage", "BINARY", "Segment 2", "Liver (10200004, SCT)", "PATIENT"):
        assert word in text
    for word in ("Secret", "4711", "A77", "20240229"):
        assert word not in text


def test_info_as_json(folder, capsys):
    assert main(["info", "--json", str(folder / "seg.dcm")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["Pixels"]["frames"] == 4
    rows = found["Segmentation"]["rows"]
    assert [(row["number"], row["frames"]) for row in rows] == [(1, 3), (2, 1)]
    assert found["Geometry"]["spacing between planes (mm)"] == pytest.approx(52)
    both = [str(folder / "0.dcm"), str(folder / "1.dcm")]
    assert main(["info", "--json", *both]) == 0
    assert [each["file"] for each in json.loads(capsys.readouterr().out)] == both


def test_one_bad_file_among_others(folder, capsys):
    bad = folder / "bad.dcm"
    bad.write_bytes(b"no DICOM file")
    assert main(["info", str(bad), str(folder / "0.dcm"), str(folder / "absent.dcm")]) == 1
    captured = capsys.readouterr()
    assert "CT Image Storage" in captured.out
    assert str(bad) in captured.err
    assert "absent.dcm" in captured.err
    assert "Traceback" not in captured.err


def test_pixels_that_cannot_be_decoded_are_described_all_the_same(folder, capsys):
    ds = phantom.ct_series(*SHAPE)[0]
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.100"  # MPEG2
    ds.PixelData = b"\xfe\xff\x00\xe0\x00\x00\x00\x00" + b"\xfe\xff\x00\xe0\x02\x00\x00\x00\x01\x02"
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    path = folder / "video.dcm"
    ds.save_as(path, enforce_file_format=True)
    assert main(["info", str(path)]) == 0
    text = capsys.readouterr().out
    assert "MPEG2" in text
    assert "24" in text
    assert main(["render", str(path), "-o", str(folder / "a.png")]) == 1
    captured = capsys.readouterr()
    assert "iodkit render:" in captured.err
    assert not (folder / "a.png").exists()


def test_damaged_attributes_are_a_problem_of_their_section_only():
    ds = phantom.ct_series(*SHAPE)[0]
    del ds.BitsAllocated
    summary = summarise(ik.from_dataset(ds))
    assert "problem" in summary.to_json()["Pixels"]
    assert summary.to_json()["Geometry"]["planes"] == 1
    nothing = summarise(Dataset())
    assert nothing.to_json()["Object"]["SOP class"] == "none"


def added(dataset):
    return [Section("Added", {"rows": int(dataset.Rows)})]


def failing(dataset):
    raise InvalidValueError("not today", attribute="Rows")


class Plugin:
    def __init__(self, *entries):
        self.entries = entries

    @hookimpl
    def iodkit_summaries(self):
        return list(self.entries)


def test_families_add_sections(monkeypatch):
    import sys
    import types

    module = types.ModuleType("summaries_of_a_test")
    module.added, module.failing = added, failing
    monkeypatch.setitem(sys.modules, module.__name__, module)
    ds = phantom.ct_series(*SHAPE)[0]
    plugin = Plugin(
        SummaryEntry("summaries_of_a_test:added", (str(ds.SOPClassUID),)),
        SummaryEntry("summaries_of_a_test:added", ("1.2.3",)),
        SummaryEntry("summaries_of_a_test:failing"),
    )
    registry.register(plugin, "summaries-of-a-test")
    try:
        found = summarise(ds).to_json()
    finally:
        registry.unregister("summaries-of-a-test")
    assert found["Added"] == {"rows": 24}
    assert "not today" in found["From summaries_of_a_test"]["problem"]


def test_render_from_the_command_line(folder, capsys):
    from PIL import Image

    target = folder / "out" / "a.png"
    target.parent.mkdir()
    files = [str(folder / f"{n}.dcm") for n in range(5)]
    seg = str(folder / "seg.dcm")
    for arguments in (
        [files[2], seg],
        [*files, seg],
        [*files, seg, "--planes", "--window", "40", "400"],
        [seg, "--montage", "--columns", "2"],
        [seg, "--frame", "1", "--plain", "--size", "64"],
        [str(folder)],
    ):
        assert main(["render", *arguments, "-o", str(target)]) == 0
        with Image.open(target) as picture:
            assert picture.mode == "RGB"
            assert f"{picture.width} x {picture.height}" in capsys.readouterr().out
        target.unlink()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent.dcm", "-o", "a.png"], "absent.dcm"),
        (["0.dcm", "-o", "a.xyz"], "format"),
        (["0.dcm", "-o", "no/such/folder/a.png"], "cannot be written"),
        (["0.dcm", "1.dcm", "--frame", "1", "-o", "a.png"], "--frame"),
        (["0.dcm", "--frame", "2", "-o", "a.png"], "no such frame"),
        (["0.dcm", "--size", "1", "-o", "a.png"], "size"),
        (["0.dcm", "--window", "1", "-1", "-o", "a.png"], "window"),
        (["empty", "-o", "a.png"], "no file"),
    ],
)
def test_what_cannot_be_rendered(folder, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(folder)
    (folder / "empty").mkdir()
    assert main(["render", *arguments]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert not (folder / "a.png").exists()
