"""``iodkit validate``: exit codes, formats, several processes."""

from __future__ import annotations

import json

import pytest

from iodkit.cli import main
from iodkit.testing import phantom


@pytest.fixture
def folder(tmp_path):
    for number, ds in enumerate(phantom.ct_series(3, 8, 8), 1):
        ds.save_as(tmp_path / f"{number}.dcm", enforce_file_format=True)
    return tmp_path


def damage(path, old, new):
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))


def test_files_without_findings(folder, capsys):
    assert main(["validate", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert all(line.endswith("(CT Image Storage): nothing found") for line in lines)
    assert main(["validate", "--info", str(folder)]) == 0
    assert "[condition-undecided]" in capsys.readouterr().out


def test_errors_and_unreadable_files(folder, capsys):
    damage(folder / "2.dcm", b"AXIAL", b"axial")
    assert main(["validate", str(folder / "1.dcm"), str(folder / "2.dcm")]) == 1
    assert "ImageType  [value-characters]" in capsys.readouterr().out
    (folder / "note.txt").write_text("hello")
    assert main(["validate", str(folder)]) == 2
    assert "unreadable" in capsys.readouterr().out
    assert main(["validate", str(folder / "none.dcm")]) == 2


def test_json_and_sarif(folder, capsys):
    damage(folder / "2.dcm", b"AXIAL", b"axial")
    assert main(["validate", "--json", str(folder)]) == 1
    reports = json.loads(capsys.readouterr().out)
    assert [report["ok"] for report in reports] == [True, False, True]
    assert main(["validate", "--sarif", str(folder)]) == 1
    result, _ = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert location == str(folder / "2.dcm")


def test_strict_and_profiles(folder, capsys, tmp_path):
    slide = phantom.slide_image()
    del slide.TotalPixelMatrixOriginSequence
    path = tmp_path / "slide.dcm"
    slide.save_as(path, enforce_file_format=True)
    assert main(["validate", "--profile", "qupath", str(path)]) == 1
    assert "viewer-matrix-origin" in capsys.readouterr().out
    assert main(["validate", "--profile", "qupath", "--strict", str(path)]) == 1
    assert main(["validate", "--profile", "paint", str(path)]) == 2


def test_set(folder, capsys):
    (folder / "copy.dcm").write_bytes((folder / "1.dcm").read_bytes())
    assert main(["validate", "--set", str(folder)]) == 1
    assert "set-uid-repeated" in capsys.readouterr().out


def test_processes_give_the_same(folder, capsys):
    damage(folder / "2.dcm", b"AXIAL", b"axial")
    main(["validate", "--json", str(folder)])
    alone = capsys.readouterr().out
    assert main(["validate", "--json", "--jobs", "2", str(folder)]) == 1
    assert capsys.readouterr().out == alone
