"""Sources of every kind: without a place, in colour, in time, in several stacks, mixed."""

import copy

import numpy as np
import pytest

import iodkit as ik
from iodkit.errors import GeometryError
from iodkit.testing import phantom
from iodkit_seg import Segmentation, segread
from referees import assert_valid
from segments import EQUIPMENT, descriptions

TYPES = ["BINARY", "LABELMAP", "FRACTIONAL"]
SIZE = 24


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


@pytest.fixture(params=TYPES)
def kind(request):
    return request.param


def masks(frames, rows=SIZE, columns=SIZE):
    """Two segments that differ from frame to frame; frame 1 has one only, frame 2 none."""
    out = np.zeros((frames, rows, columns), np.uint8)
    for index in range(frames):
        out[index, 2 + index % 5 : 9 + index % 5, 3 : 8 + index % 7] = 1
        out[index, 15:20, 10 + index % 4 : 16] = 2
    if frames > 2:
        out[1][out[1] == 2] = 0
        out[2] = 0
    return out


def projection(sop_class, modality, number=1, *, color=False, **attributes):
    image = phantom.chest_xray(SIZE, SIZE)
    image.SOPClassUID = sop_class
    image.file_meta.MediaStorageSOPClassUID = sop_class
    image.SOPInstanceUID = f"2.25.77{number}"
    image.Modality = modality
    if color:
        image.SamplesPerPixel, image.PhotometricInterpretation = 3, "RGB"
        image.PlanarConfiguration = 0
        image.BitsAllocated = image.BitsStored = 8
        image.HighBit = 7
        image.PixelData = bytes(SIZE * SIZE * 3)
    for keyword, value in attributes.items():
        setattr(image, keyword, value)
    return image


UNPLACED = {
    "computed radiography": lambda: [projection("1.2.840.10008.5.1.4.1.1.1", "CR")],
    "mammography": lambda: [
        projection("1.2.840.10008.5.1.4.1.1.1.2", "MG", n, ImageLaterality="L") for n in (1, 2)
    ],
    "photograph": lambda: [projection("1.2.840.10008.5.1.4.1.1.77.1.4", "XC", color=True)],
    "secondary captures": lambda: [
        projection("1.2.840.10008.5.1.4.1.1.7", "OT", n, color=n == 2) for n in (1, 2, 3)
    ],
    "projection with a frame of reference": lambda: [
        projection("1.2.840.10008.5.1.4.1.1.1.1", "DX", FrameOfReferenceUID="2.25.9")
    ],
    "ultrasound cine": lambda: [phantom.ultrasound_cine(5, SIZE, SIZE)],
    "still and cine": lambda: [
        projection("1.2.840.10008.5.1.4.1.1.6.1", "US"),
        same_study(phantom.ultrasound_cine(4, SIZE, SIZE), phantom.chest_xray(SIZE, SIZE)),
    ],
}


def same_study(image, other):
    for keyword in ("StudyInstanceUID", "PatientID", "PatientName"):
        setattr(image, keyword, other.get(keyword))
    return image


def frames_of(images):
    return [
        (image, number + 1 if "NumberOfFrames" in image else None)
        for image in images
        for number in range(int(image.get("NumberOfFrames", 1)))
    ]


def assert_frames_follow_sources(seg, images, labels):
    """Each source frame has its labels, by references alone."""
    for (image, number), expected in zip(frames_of(images), labels, strict=True):
        uid = image.SOPInstanceUID
        asked = {"combine_segments": True, "assert_missing_frames_are_empty": True}
        found = (
            seg.get_pixels_by_source_instance([uid], **asked)
            if number is None
            else seg.get_pixels_by_source_frame(uid, [number], **asked)
        )
        assert np.array_equal(found[0], expected)


def assert_indices_are_unique(seg):
    values = [
        tuple(np.atleast_1d(item.FrameContentSequence[0].DimensionIndexValues).tolist())
        for item in seg.PerFrameFunctionalGroupsSequence
    ]
    assert len(set(values)) == len(values)
    assert all(len(value) == len(seg.DimensionIndexSequence) for value in values)


def written(images, labels, kind, folder, **arguments):
    seg = Segmentation(images, labels, kind, descriptions(2), **arguments)
    seg.save_as(folder / "seg.dcm")
    assert_valid(folder / "seg.dcm")
    report = ik.validate(folder / "seg.dcm")
    assert not report.errors, str(report)
    return segread(folder / "seg.dcm")


@pytest.mark.referee
@pytest.mark.parametrize("name", UNPLACED)
def test_sources_without_a_place(name, kind, tmp_path):
    images = UNPLACED[name]()
    labels = masks(len(frames_of(images)))
    seg = written(images, labels, kind, tmp_path)
    assert "FrameOfReferenceUID" not in seg
    assert_frames_follow_sources(seg, images, labels)
    assert_indices_are_unique(seg)
    assert {uid for _, _, uid in seg.get_source_image_uids()} == {i.SOPInstanceUID for i in images}


def time_series(points, planes=3, **attributes):
    """Series at the same places at several times, given in a mixed order."""
    out = []
    for point in range(points):
        for image in phantom.ct_series(planes, SIZE, SIZE):
            twin = copy.deepcopy(image)
            twin.SOPInstanceUID = f"{image.SOPInstanceUID}.{point + 1}"
            for keyword, make in attributes.items():
                setattr(twin, keyword, make(point))
            out.append(twin)
    order = np.random.default_rng(4).permutation(len(out))
    return [out[i] for i in order]


TIMES = {
    "temporal position": {"TemporalPositionIdentifier": lambda p: p + 1},
    "trigger time": {"TriggerTime": lambda p: 40.0 * (2 - p)},
    "acquisition time": {"AcquisitionTime": lambda p: f"10{p:02}00"},
}


@pytest.mark.referee
@pytest.mark.parametrize("name", TIMES)
def test_time_points(name, kind, tmp_path):
    images = time_series(3, **TIMES[name])
    labels = masks(len(images))
    seg = written(images, labels, kind, tmp_path)
    assert_frames_follow_sources(seg, images, labels)
    assert_indices_are_unique(seg)
    with pytest.raises(GeometryError, match="channels"):
        seg.get_volume(combine_segments=True)
    volume = seg.get_volume(combine_segments=True, channels="TemporalPositionIndex")
    (keyword,) = TIMES[name]
    values = sorted({image[keyword].value for image in images})
    for image, expected in zip(images, labels, strict=True):
        index = np.rint(
            volume.map_reference_to_indices(np.array([image.ImagePositionPatient], float))
        )[0].astype(int)
        if 0 <= index[0] < volume.spatial_shape[0]:
            found = volume.array[index[0], ..., values.index(image[keyword].value)]
        else:
            found = np.zeros_like(expected)
        assert np.array_equal(found, expected)


@pytest.mark.referee
def test_several_segments_in_time_are_two_channels(tmp_path):
    images = time_series(2, **TIMES["temporal position"])
    labels = masks(len(images))
    seg = written(images, labels, "BINARY", tmp_path, omit_empty_frames=False)
    volume = seg.get_volume(channels=["TemporalPositionIndex"])
    assert volume.shape == (3, SIZE, SIZE, 2, 2)
    keywords = [each.keyword for each in volume.channel_descriptors]
    assert keywords == ["TemporalPositionIndex", "ReferencedSegmentNumber"]
    combined = seg.get_volume(channels=["TemporalPositionIndex"], combine_segments=True)
    assert np.array_equal(volume.array[..., 1], combined.array == 2)


@pytest.mark.referee
def test_repeated_places_that_differ_in_no_time_are_stacks(kind, tmp_path):
    images = time_series(2, ConvolutionKernel=lambda p: f"K{p}")
    labels = masks(len(images))
    seg = written(images, labels, kind, tmp_path)
    assert_frames_follow_sources(seg, images, labels)
    assert_indices_are_unique(seg)
    first = seg.get_volume(combine_segments=True, select={"StackID": "1"})
    of_first = [n for n, image in enumerate(images) if image.ConvolutionKernel == "K0"]
    assert np.count_nonzero(first.array) == np.count_nonzero(labels[of_first])


@pytest.mark.referee
def test_stacks_of_several_directions(kind, tmp_path):
    images = []
    for variant in ("axial", "sagittal", "coronal"):
        for image in phantom.ct_series(3, SIZE, SIZE, variant=variant):
            image.FrameOfReferenceUID = "2.25.12"
            image.StudyInstanceUID = "2.25.13"
            image.SOPInstanceUID = f"2.25.14{len(images)}"
            images.append(image)
    images.reverse()
    labels = masks(len(images))
    seg = written(images, labels, kind, tmp_path)
    assert_frames_follow_sources(seg, images, labels)
    assert_indices_are_unique(seg)
    orientations = {
        tuple(item.PlaneOrientationSequence[0].ImageOrientationPatient)
        for item in seg.PerFrameFunctionalGroupsSequence
    }
    assert len(orientations) == 3
    stacks = {item.FrameContentSequence[0].StackID for item in seg.PerFrameFunctionalGroupsSequence}
    assert len(stacks) == 3
    for stack in stacks:
        assert seg.get_volume(combine_segments=True, select={"StackID": stack}).array.any()


@pytest.mark.referee
def test_a_slice_of_another_spacing_is_a_stack_of_its_own(tmp_path):
    images = phantom.ct_series(5, SIZE, SIZE)
    images[2].PixelSpacing = [1.5, 1.5]
    labels = masks(5)
    labels[2] = 1
    seg = written(images, labels, "BINARY", tmp_path)
    assert_frames_follow_sources(seg, images, labels)


@pytest.mark.referee
def test_single_frames_and_a_multiframe_image_together(kind, tmp_path):
    images = phantom.ct_series(4, SIZE, SIZE)
    multi = phantom.enhanced_ct(3, SIZE, SIZE)
    for keyword in ("StudyInstanceUID", "FrameOfReferenceUID", "PatientID"):
        setattr(multi, keyword, images[0].get(keyword))
    groups = multi.PerFrameFunctionalGroupsSequence
    for step, item in enumerate(groups):
        x, y, z = images[0].ImagePositionPatient
        item.PlanePositionSequence[0].ImagePositionPatient = [x, y, float(z) - 300 - 5 * step]
    sources = [images[2], multi, images[0], images[3], images[1]]
    labels = masks(7)
    seg = written(sources, labels, kind, tmp_path)
    assert_frames_follow_sources(seg, sources, labels)
    for item in seg.PerFrameFunctionalGroupsSequence:
        (source,) = item.DerivationImageSequence[0].SourceImageSequence
        of_multi = source.ReferencedSOPInstanceUID == multi.SOPInstanceUID
        assert ("ReferencedFrameNumber" in source) == of_multi


@pytest.mark.referee
@pytest.mark.parametrize("variant", ["gapped", "tilted"])
def test_irregular_stacks(variant, kind, tmp_path):
    images = phantom.ct_series(6, SIZE, SIZE, variant=variant)[::-1]
    labels = masks(len(images))
    seg = written(images, labels, kind, tmp_path)
    assert_frames_follow_sources(seg, images, labels)
    assert_indices_are_unique(seg)
    assert "SpacingBetweenSlices" not in str(seg.SharedFunctionalGroupsSequence[0]) or (
        variant == "gapped"
    )


@pytest.mark.referee
def test_a_doubled_series_keeps_both(kind, tmp_path):
    images = phantom.ct_series(5, SIZE, SIZE, variant="duplicated")
    labels = masks(len(images))
    seg = written(images, labels, kind, tmp_path)
    assert_frames_follow_sources(seg, images, labels)
    assert_indices_are_unique(seg)
