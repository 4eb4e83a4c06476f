"""pydicom-seg reads what we write, and we read what it writes; it needs an older pydicom."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pydicom import dcmread

import iodkit as ik
from iodkit.testing import phantom
from referees import library
from seg_combinations import SOURCES, combinations, write
from seg_referees import assert_at_places, gap
from segments import EQUIPMENT, descriptions, organ_labels

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.environment, pytest.mark.referee]

SHAPE = (7, 20, 18)

READ = """
import json, sys, warnings
warnings.simplefilter("ignore")
import numpy as np, pydicom, pydicom_seg
result = pydicom_seg.SegmentReader().read(pydicom.dcmread(sys.argv[1]))
first = result.segment_image(sorted(result.available_segments)[0])
arrays = {str(n): result.segment_data(n) for n in result.available_segments}
np.savez(sys.argv[2], origin=first.GetOrigin(), spacing=first.GetSpacing(),
         direction=first.GetDirection(), **arrays)
print(json.dumps(sorted(arrays)))
"""

READ_ALL = """
import json, sys, warnings
warnings.simplefilter("ignore")
import numpy as np, pydicom, pydicom_seg
out = {}
for path in json.loads(sys.argv[1]):
    try:
        result = pydicom_seg.SegmentReader().read(pydicom.dcmread(path))
    except Exception as error:
        out[path] = repr(error)
        continue
    arrays = {str(n): result.segment_data(n) for n in result.available_segments}
    image = result.segment_image(sorted(result.available_segments)[0])
    affine = np.eye(4)
    affine[:3, :3] = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
    affine[:3, 3] = image.GetOrigin()
    np.savez(path + ".npz", affine=affine, **arrays)
print(json.dumps(out))
"""

WRITE = """
import json, sys, warnings
warnings.simplefilter("ignore")
import numpy as np, pydicom, pydicom_seg, SimpleITK as sitk
paths = json.loads(sys.argv[1])
reader = sitk.ImageSeriesReader()
reader.SetFileNames(paths)
image = sitk.GetImageFromArray(np.load(sys.argv[2]))
image.CopyInformation(reader.Execute())
code = lambda value, scheme, meaning: {
    "CodeValue": value, "CodingSchemeDesignator": scheme, "CodeMeaning": meaning}
template = pydicom_seg.template.from_dcmqi_metainfo({
    "ContentCreatorName": "Reader1", "ClinicalTrialSeriesID": "1", "ClinicalTrialTimePointID": "1",
    "SeriesDescription": "Segmentation", "SeriesNumber": "300", "InstanceNumber": "1",
    "BodyPartExamined": "LIVER", "ContentLabel": "SEGMENTATION", "ContentDescription": "test",
    "segmentAttributes": [[{
        "labelID": number, "SegmentLabel": f"Segment {number}",
        "SegmentDescription": "organ", "SegmentAlgorithmType": "AUTOMATIC",
        "SegmentAlgorithmName": "test", "recommendedDisplayRGBValue": [200, 40 * number, 40],
        "SegmentedPropertyCategoryCodeSequence": code("91723000", "SCT", "Anatomical structure"),
        "SegmentedPropertyTypeCodeSequence": code("10200004", "SCT", "Liver"),
    } for number in (1, 2, 3)]],
})
writer = pydicom_seg.MultiClassWriter(template=template, skip_missing_segment=False)
writer.write(image, [pydicom.dcmread(path) for path in paths]).save_as(sys.argv[3])
"""


@pytest.fixture(params=["axial", "oblique", "unsorted"])
def series(request):
    return phantom.ct_series(*SHAPE, variant=request.param)


def run(environment, code, *arguments):
    result = environment.start(environment.python, "-c", code, *map(str, arguments))
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("kind", ["BINARY", "FRACTIONAL"])
def test_pydicom_seg_reads_ours_equal(pydicom_seg, kind, series, tmp_path: Path):
    labels = organ_labels(*SHAPE)
    with ik.defaults(equipment=EQUIPMENT):
        seg = ik.seg.Segmentation(series, labels, kind, descriptions(), omit_empty_frames=False)
    seg.save_as(tmp_path / "ours.dcm")
    run(pydicom_seg, READ, tmp_path / "ours.dcm", tmp_path / "read.npz")
    read = np.load(tmp_path / "read.npz")
    volume = seg.get_volume()
    direction = read["direction"].reshape(3, 3)
    for number in (1, 2, 3):
        mask = read[str(number)]
        assert np.count_nonzero(mask) == np.count_nonzero(labels == number)
        z, y, x = np.nonzero(mask)
        points = read["origin"] + (np.stack([x, y, z], axis=1) * read["spacing"]) @ direction.T
        index = np.rint(volume.map_reference_to_indices(points)).astype(int)
        assert (volume.array[(*index.T, number - 1)] == 1).all()


@pytest.mark.parametrize("source", SOURCES)
def test_every_combination(pydicom_seg, source, tmp_path: Path):
    for codec in ("imagecodecs", "openjpeg"):
        library(codec, codec)
    written = {}
    for number, combination in enumerate(combinations(source)):
        # To see that a reason still holds, one file for each transfer syntax is enough.
        known = gap("pydicom-seg", combination)
        question = number if known is None else (known.reason, combination.syntax)
        written.setdefault(question, (str(tmp_path / f"{number:03}.dcm"), combination, known))
    for path, combination, _ in written.values():
        write(combination).save_as(path)
    paths = [path for path, _, _ in written.values()]
    errors = json.loads(run(pydicom_seg, READ_ALL, json.dumps(paths)))
    for path, combination, known in written.values():
        assert (path in errors) is (known is not None), f"{combination}: {errors.get(path)}"
        if known is not None:
            continue
        read = np.load(f"{path}.npz")
        for index, number in enumerate(combination.kind.numbers):
            values = read[str(number)]
            if combination.kind.type == "FRACTIONAL":
                values = np.rint(values * 255)  # it gives shares
            assert_at_places(read["affine"], values, combination, index)


def test_we_read_those_of_pydicom_seg_equal(pydicom_seg, series, tmp_path: Path):
    normal = np.cross(*np.array(series[0].ImageOrientationPatient, float).reshape(2, 3))
    series = sorted(series, key=lambda ds: float(normal @ np.array(ds.ImagePositionPatient, float)))
    paths = [str(tmp_path / f"{number:03}.dcm") for number in range(len(series))]
    for image, path in zip(series, paths, strict=True):
        image.save_as(path, enforce_file_format=True)
    labels = organ_labels(*SHAPE)
    np.save(tmp_path / "labels.npy", labels)
    run(pydicom_seg, WRITE, json.dumps(paths), tmp_path / "labels.npy", tmp_path / "theirs.dcm")
    seg = ik.read(tmp_path / "theirs.dcm")
    assert seg.segment_numbers == [1, 2, 3]
    assert seg.number_of_frames == dcmread(tmp_path / "theirs.dcm").NumberOfFrames
    found = seg.get_pixels_by_source_instance(
        [image.SOPInstanceUID for image in series],
        combine_segments=True,
        ignore_spatial_locations=True,
        assert_missing_frames_are_empty=True,
    )
    assert np.array_equal(found, labels)
    volume = seg.get_volume(combine_segments=True)
    for plane, image in enumerate(series):
        place = np.array([image.ImagePositionPatient], float)
        index = round(float(volume.map_reference_to_indices(place)[0][0]))
        inside = 0 <= index < volume.spatial_shape[0]
        expected = volume.array[index] if inside else np.zeros_like(labels[plane])
        assert np.array_equal(expected, labels[plane])
