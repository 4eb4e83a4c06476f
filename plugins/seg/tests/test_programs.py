"""dcmqi and SimpleITK see every voxel that we write, and we see every one that dcmqi writes."""

import json
import subprocess

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

import iodkit as ik
from iodkit.errors import OutOfRangeError
from iodkit.testing import phantom
from iodkit_seg import Segmentation, segread
from referees import library, program
from segments import EQUIPMENT, descriptions, organ_labels

pytestmark = pytest.mark.referee

TYPES = ["BINARY", "LABELMAP", "FRACTIONAL"]
# Frames of a whole number of bytes, and not.
SHAPES = [(7, 20, 18), (5, 17, 19)]


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


@pytest.fixture(params=SHAPES, ids=str)
def shape(request):
    return request.param


@pytest.fixture(params=["axial", "oblique", "unsorted"])
def series(request, shape):
    return phantom.ct_series(*shape, variant=request.param)


def read_with_dcmqi(path, folder):
    """Label of each voxel and its place, as dcmqi's program gives them: two flat arrays."""
    sitk = library("SimpleITK", "SimpleITK")
    command = [program("segimage2itkimage", "dcmqi"), "--inputDICOM", path]
    command += ["--outputDirectory", folder, "-t", "nrrd"]
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    groups = json.loads((folder / "meta.json").read_text())["segmentAttributes"]
    points, labels = [], []
    for number, group in enumerate(groups, 1):
        image = sitk.ReadImage(str(folder / f"{number}.nrrd"))
        array = sitk.GetArrayFromImage(image)
        z, y, x = np.nonzero(array)
        direction = np.array(image.GetDirection()).reshape(3, 3)
        steps = np.stack([x, y, z], axis=1) * image.GetSpacing()
        points.append(np.array(image.GetOrigin()) + steps @ direction.T)
        # A file of one segment has its number, or 255 for fractions; one of several the labels.
        single = group[0]["labelID"]
        labels.append(array[z, y, x] if len(group) > 1 else np.full(len(x), single))
    return np.concatenate(points), np.concatenate(labels)


@pytest.mark.parametrize("kind", TYPES)
def test_dcmqi_reads_ours_voxel_by_voxel(kind, series, shape, tmp_path):
    labels = organ_labels(*shape)
    seg = Segmentation(series, labels, kind, descriptions())
    seg.save_as(tmp_path / "seg.dcm")
    points, found = read_with_dcmqi(tmp_path / "seg.dcm", tmp_path)
    volume = seg.get_volume(combine_segments=True)
    index = np.rint(volume.map_reference_to_indices(points)).astype(int)
    assert np.array_equal(volume.array[tuple(index.T)], found)
    assert len(found) == np.count_nonzero(labels)


@pytest.mark.parametrize("kind", ["BINARY", "FRACTIONAL"])
def test_simpleitk_reads_the_frames(kind, series, shape, tmp_path):
    """It knows no label maps, and gives single bits as 0 and 255, whole bytes per frame only."""
    if kind == "BINARY" and shape[1] * shape[2] % 8:
        pytest.skip("SimpleITK takes frames of single bits for padded to whole bytes")
    sitk = library("SimpleITK", "SimpleITK")
    seg = Segmentation(series, organ_labels(*shape), kind, descriptions())
    seg.save_as(tmp_path / "seg.dcm")
    found = sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / "seg.dcm")))
    stored = seg.get_stored_frames()
    assert np.array_equal(found, stored * 255 if kind == "BINARY" else stored)


def code(value, scheme, meaning):
    return {"CodeValue": value, "CodingSchemeDesignator": scheme, "CodeMeaning": meaning}


def write_with_dcmqi(series, labels, folder, kind, compress):
    """Have dcmqi make a segmentation of labels in the order of the series."""
    sitk = library("SimpleITK", "SimpleITK")
    normal = np.cross(*np.array(series[0].ImageOrientationPatient, float).reshape(2, 3))
    heights = [normal @ np.array(ds.ImagePositionPatient, float) for ds in series]
    images = folder / "images"
    images.mkdir()
    paths = []
    for place, index in enumerate(np.argsort(heights)):
        paths.append(str(images / f"{place:03}.dcm"))
        series[index].save_as(paths[-1], enforce_file_format=True)
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(paths)
    image = sitk.GetImageFromArray(labels[np.argsort(heights)])
    image.CopyInformation(reader.Execute())
    sitk.WriteImage(image, str(folder / "labels.nrrd"))
    organ = code("91723000", "SCT", "Anatomical structure")
    meta = {
        "ContentCreatorName": "Reader1",
        "SeriesDescription": "Segmentation",
        "SeriesNumber": "300",
        "InstanceNumber": "1",
        "segmentAttributes": [
            [
                {
                    "labelID": number,
                    "SegmentLabel": f"Segment {number}",
                    "SegmentDescription": "organ",
                    "SegmentAlgorithmType": "AUTOMATIC",
                    "SegmentAlgorithmName": "test",
                    "recommendedDisplayRGBValue": [200, 40 * number, 40],
                    "SegmentedPropertyCategoryCodeSequence": organ,
                    "SegmentedPropertyTypeCodeSequence": code("10200004", "SCT", "Liver"),
                }
                for number in (1, 2, 3)
            ]
        ],
    }
    (folder / "meta.json").write_text(json.dumps(meta))
    command = [program("itkimage2segimage", "dcmqi")]
    command += ["--inputImageList", folder / "labels.nrrd", "--inputDICOMDirectory", images]
    command += ["--inputMetadata", folder / "meta.json", "--outputDICOM", folder / "theirs.dcm"]
    command += ["--segmentationType", kind, "--compress", compress, "--skip", "1"]
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "theirs.dcm"


@pytest.mark.parametrize("kind", ["binary", "labelmap"])
@pytest.mark.parametrize("compress", ["none", "deflate"])
def test_we_read_those_of_dcmqi(kind, compress, series, shape, tmp_path):
    labels = organ_labels(*shape)
    seg = segread(write_with_dcmqi(series, labels, tmp_path, kind, compress))
    assert seg.segment_numbers == [1, 2, 3]
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
        shown = volume.array[index] if inside else np.zeros_like(labels[plane])
        assert np.array_equal(shown, labels[plane])
    color = seg.get_segment_description(2).display_color.to_rgb()
    assert np.allclose(color, (200, 80, 40), atol=6)  # its white point is another one


@pytest.mark.parametrize("name", ["liver_1frame.dcm", "liver_expb_1frame.dcm"])
def test_real_files_whose_groups_were_not_cut_with_their_pixels(name):
    plain, seg = dcmread(get_testdata_file(name)), segread(get_testdata_file(name))
    assert np.array_equal(seg.get_stored_frame(1), plain.pixel_array)
    with pytest.raises(OutOfRangeError, match="no such frame"):
        seg.get_volume()


@pytest.mark.parametrize("name", ["liver.dcm", "liver_expb.dcm"])
def test_real_files(name):
    path = get_testdata_file(name)
    plain, seg = dcmread(path), segread(path)
    frames = plain.pixel_array.reshape(-1, plain.Rows, plain.Columns)
    assert np.array_equal(seg.get_stored_frames(), frames)
    assert seg.segment_numbers == [int(item.SegmentNumber) for item in plain.SegmentSequence]
    volume = seg.get_volume(combine_segments=True)
    assert np.count_nonzero(volume.array) == np.count_nonzero(frames)
    sources = seg.frame_table.sources
    uids = [sources.uids[index] for index in sources.instances]
    found = seg.get_pixels_by_source_instance(
        uids, combine_segments=True, ignore_spatial_locations=True
    )
    numbers = seg.frame_table.segment_numbers[sources.frames]
    expected = frames[sources.frames] * numbers[:, np.newaxis, np.newaxis]
    assert np.array_equal(found, expected)
