"""What a user's type checker sees through the façade, with the distributions as wheels."""

import subprocess
import sys

import pytest

pytestmark = [pytest.mark.environment, pytest.mark.slow]

USER = """
import iodkit as ik
import iodkit.seg
from iodkit import Image, PluginError, imread, registry
from iodkit.seg import Segmentation, SegmentationTypeValues, segread

reveal_type(ik.seg.Segmentation)
reveal_type(iodkit.seg.segread)
reveal_type(Segmentation)
reveal_type(ik.Image)
reveal_type(imread)
reveal_type(ik.seg.SegmentationTypeValues.BINARY)
reveal_type(registry.lookup("1.2"))
reveal_type(ik.PluginError)
reveal_type(ik.__version__)
"""


@pytest.fixture(scope="module")
def revealed(with_seg, tmp_path_factory):
    pytest.importorskip("mypy", reason="mypy is part of the lint group")
    folder = tmp_path_factory.mktemp("user")
    (folder / "user.py").write_text(USER)
    target = ("--python-executable", str(with_seg.python))
    result = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", *target, "user.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Success" in result.stdout, result.stdout + result.stderr
    return [line for line in result.stdout.splitlines() if "Revealed type" in line]


@pytest.mark.parametrize(
    ("position", "text"),
    [
        (0, "iodkit_seg.sop.Segmentation"),
        (1, "iodkit_seg.sop.Segmentation"),
        (2, "iodkit_seg.sop.Segmentation"),
        (3, "iodkit_image.image.Image"),
        (4, "iodkit_image.image.Image"),
        (5, "iodkit_seg.enums.SegmentationTypeValues.BINARY"),
        (6, "iodkit.registry.records.IODEntry | None"),
        (7, "iodkit.errors.PluginError"),
        (8, "str"),
    ],
)
def test_names_have_their_types(revealed, position, text):
    assert text in revealed[position].replace("Union[", "").replace(", None]", " | None")
    assert '"Any"' not in revealed[position]
