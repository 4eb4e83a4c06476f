"""Images in forms that other programs read."""

import numpy as np
import PIL.Image
import pytest

import iodkit as ik
from iodkit import cli
from iodkit.testing import phantom


def test_pictures(tmp_path):
    path, out = tmp_path / "image.dcm", tmp_path / "image.png"
    ik.from_dataset(phantom.ct_series(1, 16, 16)[0]).save_as(path)
    assert cli.main(["convert", str(path), "-o", str(out)]) == 0
    with PIL.Image.open(out) as picture:
        assert np.array_equal(np.asarray(picture), np.asarray(ik.render(path)))


def test_volumes(tmp_path, capsysbinary):
    nibabel = pytest.importorskip("nibabel")
    path, out = tmp_path / "image.dcm", tmp_path / "image.nii.gz"
    image = ik.from_dataset(phantom.enhanced_ct(5, 16, 12))
    image.save_as(path)
    assert cli.main(["convert", str(path), "-o", str(out)]) == 0
    written, expected = nibabel.load(out), image.get_volume().to_nibabel()
    assert np.array_equal(np.asarray(written.dataobj), np.asarray(expected.dataobj))
    assert np.allclose(written.affine, expected.affine)
    assert cli.main(["convert", str(path), "--as", "nifti"]) == 0
    assert capsysbinary.readouterr().out == out.read_bytes()


def test_what_is_no_volume_is_not_written(tmp_path, capsys):
    path, out = tmp_path / "image.dcm", tmp_path / "image.nii.gz"
    image = ik.from_dataset(phantom.enhanced_ct(5, 16, 12))
    group = image.PerFrameFunctionalGroupsSequence[2].PlanePositionSequence[0]
    group.ImagePositionPatient = [0, 0, 999]
    image.save_as(path)
    assert cli.main(["convert", str(path), "-o", str(out)]) == 2
    assert capsys.readouterr().err.startswith("iodkit: ")
    assert not out.exists()
