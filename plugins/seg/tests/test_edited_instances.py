"""What an edit leaves alone, what it says of itself, and what it refuses."""

import numpy as np
import pytest

import iodkit as ik
from edited import SHAPES, example, make, masks_of, new_descriptions, saved, sources
from iodkit.content import CIELabColor
from iodkit.errors import GeometryError, InvalidTypeError, InvalidValueError, OutOfRangeError
from iodkit_image.pixels.store import FrameStore
from iodkit_seg import segread
from iodkit_seg.encoding.masks import OverlappingSegmentsError

PIXELS, PER_FRAME, SHARED = 0x7FE00010, 0x52009230, 0x52009229


def test_changes_of_descriptions_keep_every_byte_of_frames(tmp_path):
    seg, _ = example()
    seg.save_as(tmp_path / "seg.dcm")
    for original in (seg, segread(tmp_path / "seg.dcm"), ik.read(tmp_path / "seg.dcm")):
        new = original.with_descriptions(
            {2: new_descriptions(1)[0]},
            labels={1: "Lëber", 2: "Heart"},
            colors={3: CIELabColor(50.0, 10.0, 20.0)},
        )
        if original.deferred_pixel_data is not None:
            assert new.deferred_pixel_data is not None
        new.save_as(tmp_path / "new.dcm")
        for tag in (PIXELS, SHARED):
            assert segread(tmp_path / "new.dcm").get_item(tag).value == seg.get_item(tag).value
        found = segread(tmp_path / "new.dcm")
        assert found.get_item(PER_FRAME).value == seg.get_item(PER_FRAME).value
        labels = [item.segment_label for item in found.segment_descriptions]
        assert labels == ["Lëber", "Heart", "Segment 3"]
        assert found.get_segment_description(2).segment_number == 2
        assert found.get_segment_description(2).segmented_property_type == ik.codes.SCT.Heart
        color = found.get_segment_description(3).display_color
        assert color is not None
        assert color.a_star == pytest.approx(10, abs=0.01)
        assert original.get_segment_description(1).segment_label == "Segment 1"


def test_a_text_that_the_character_set_lacks_turns_it_to_utf_8(tmp_path):
    labels = np.ones(SHAPES[0], np.uint8)
    seg = make(labels, "BINARY", 1, specific_character_set="ISO_IR 100")
    assert seg.with_descriptions(labels={1: "Lëber"}).SpecificCharacterSet == "ISO_IR 100"
    new = seg.with_descriptions(labels={1: "肝臓"})
    new.save_as(tmp_path / "new.dcm")
    found = segread(tmp_path / "new.dcm")
    assert found.SpecificCharacterSet == "ISO_IR 192"
    assert found.get_segment_description(1).segment_label == "肝臓"
    assert seg.SpecificCharacterSet == "ISO_IR 100"


def test_pixels_are_not_unpacked_where_none_changes(monkeypatch, tmp_path):
    labels = np.zeros(SHAPES[0], np.uint8)
    labels[:, 2:5], labels[:, 7:9] = 1, 2
    path = tmp_path / "seg.dcm"
    make(labels, "BINARY", 2).save_as(path)
    seg = segread(path)
    expected = masks_of(seg)

    def fail(*args, **kwargs):
        raise AssertionError("pixels are unpacked")

    with monkeypatch.context() as patch:
        patch.setattr(np, "unpackbits", fail)
        patch.setattr(FrameStore, "view", fail)
        removed = seg.without_segments([1])
        renumbered = seg.renumbered({1: 2, 2: 1})
        merged = seg.with_merged_segments([1, 2])
        sliced = seg.cropped(slice_start=2)
    assert np.array_equal(masks_of(removed), expected[..., 1:])
    assert np.array_equal(masks_of(renumbered), expected[..., ::-1])
    assert np.array_equal(masks_of(merged)[..., 0], expected.max(axis=-1))
    assert sliced.number_of_frames == 4


def test_compressed_frames_are_not_encoded_anew_where_none_changes(monkeypatch):
    for kind, syntax in (
        ("FRACTIONAL", "1.2.840.10008.1.2.5"),
        ("LABELMAP", "1.2.840.10008.1.2.5"),
    ):
        labels = np.zeros(SHAPES[1], np.uint8)
        labels[:2, 2:5], labels[2:, 7:9] = 1, 2
        seg = make(labels, kind, 2, transfer_syntax_uid=syntax, use_extended_offset_table=True)
        monkeypatch.setattr("iodkit_seg.stored.pixelformat.encode_frame", None)
        new = seg.cropped(slice_start=2, slice_end=4)
        assert new.transfer_syntax_uid == syntax
        assert "ExtendedOffsetTable" in new
        assert len(new.ExtendedOffsetTable) == 8 * new.number_of_frames
        kept = {seg.get_raw_frame(n) for n in range(1, seg.number_of_frames + 1)}
        assert {new.get_raw_frame(n) for n in range(1, new.number_of_frames + 1)} <= kept
        monkeypatch.undo()


def test_a_new_instance_tells_its_history():
    seg, _ = example()
    first = seg.without_segments([1])
    second = first.with_descriptions(labels={1: "Heart"}, series_instance_uid="1.2.3")
    for new, predecessors in ((first, [seg]), (second, [seg, first])):
        assert new.SOPInstanceUID not in {p.SOPInstanceUID for p in predecessors}
        assert new.file_meta.MediaStorageSOPInstanceUID == new.SOPInstanceUID
        steps = [str(s.ReferencedSOPInstanceUID) for s in new.SourceImageSequence]
        assert steps == [str(p.SOPInstanceUID) for p in predecessors]
        listed = {str(uid) for _, _, uid in new.get_source_image_uids()}
        assert {str(p.SOPInstanceUID) for p in predecessors} < listed
        assert {str(i.SOPInstanceUID) for i in sources(SHAPES[1])} < listed
        assert new.StudyInstanceUID == seg.StudyInstanceUID
    assert first.DerivationDescription == "Segments removed: 1"
    assert second.DerivationDescription == "Descriptions of segments changed: 1"
    assert first.SeriesInstanceUID not in {seg.SeriesInstanceUID, "1.2.3"}
    assert second.SeriesInstanceUID == "1.2.3"
    purpose = first.SourceImageSequence[0].PurposeOfReferenceCodeSequence[0]
    assert (purpose.CodeValue, purpose.CodingSchemeDesignator) == ("121322", "DCM")
    assert "SourceImageSequence" not in seg
    # Viewers take the first series for the one that was segmented.
    assert (
        second.ReferencedSeriesSequence[0].SeriesInstanceUID
        == seg.ReferencedSeriesSequence[0].SeriesInstanceUID
    )


def test_what_callers_say_of_a_new_instance():
    seg, _ = example()
    other = ik.Equipment(
        manufacturer="Editor",
        manufacturer_model_name="E",
        software_versions="2",
        device_serial_number="8",
    )
    with ik.defaults(equipment=other, content_creator_name="Roe^Jané"):
        new = seg.without_segments(
            [2],
            sop_instance_uid="1.2.9",
            series_number=7,
            instance_number=8,
            series_description="Edited",
            content_label="EDITED",
            content_description="Without the second",
        )
    assert new.SOPInstanceUID == "1.2.9"
    assert (new.SeriesNumber, new.InstanceNumber) == (7, 8)
    assert (new.SeriesDescription, new.ContentLabel) == ("Edited", "EDITED")
    assert new.ContentDescription == "Without the second"
    assert new.ContentCreatorName == "Roe^Jané"
    assert new.Manufacturer == "Editor"
    before = new.ContributingEquipmentSequence[-1]
    assert (before.Manufacturer, before.DeviceSerialNumber) == ("Tests", "7")
    assert before.PurposeOfReferenceCodeSequence[0].CodeValue == "109102"
    assert seg.Manufacturer == "Tests"
    same = seg.without_segments([2])
    assert same.Manufacturer == "Tests"
    assert len(same.ContributingEquipmentSequence) == len(seg.ContributingEquipmentSequence)
    with pytest.raises(InvalidValueError):
        seg.without_segments([2], sop_instance_uid="not a UID")


def test_what_is_changed_in_the_new_one_stays_there():
    seg, _ = example()
    seg.PerFrameFunctionalGroupsSequence  # noqa: B018 - now the items are the truth
    before = saved(seg)
    for new in (seg.with_descriptions(labels={1: "A"}), seg.renumbered({1: 2, 2: 1})):
        new.ReferencedSeriesSequence[0].SeriesInstanceUID = "1.2.3"
        new.SegmentSequence[2].SegmentLabel = "Changed"
        new.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence[0].ImagePositionPatient = [
            1,
            2,
            3,
        ]
        new.PatientName = "Nobody"
        assert saved(seg) == before


def test_the_same_input_gives_the_same_bytes(deterministic):
    del deterministic
    seg, _ = example()

    def edited():
        with ik.defaults(uid_generator=ik.SeededUIDs("again")):
            return saved(seg.with_merged_segments([1, 2]))

    assert edited() == edited()


def test_edits_of_a_real_file(real_seg):
    seg = segread(real_seg)
    known = {(f.code, f.path) for f in ik.validate(seg).findings if f.severity.name == "ERROR"}
    volume = seg.get_volume(combine_segments=True)
    columns = np.broadcast_to(np.arange(volume.shape[2]) > 250, volume.shape)
    part = volume[1:, 9:, :-5]
    with ik.defaults(validate=False):
        split = seg.with_split_segment(1, columns)
        labels = split.to_labelmap()
        cropped = seg.cropped(slice_start=2, row_start=10, column_end=-5)
        merged = split.with_merged_segments([2, 1])
    assert np.array_equal(
        labels.get_volume(combine_segments=True).array, volume.array * (1 + columns)
    )
    assert np.array_equal(merged.get_volume(combine_segments=True).array, volume.array)
    found = cropped.get_volume(combine_segments=True)
    assert np.array_equal(found.match_geometry(part).array, part.array)
    for new in (split, labels, cropped, merged):
        errors = {f.code for f in ik.validate(new).findings if f.severity.name == "ERROR"}
        assert errors <= {code for code, _ in known}


WRONG = {
    "remove unknown": (lambda s: s.without_segments([9]), InvalidValueError, "no such segments"),
    "remove none": (lambda s: s.without_segments([]), InvalidValueError, "no segment is named"),
    "remove all": (
        lambda s: s.without_segments([1, 2, 3]),
        InvalidValueError,
        "no segment is left",
    ),
    "renumber unknown": (lambda s: s.renumbered({9: 1}), InvalidValueError, "no such segments"),
    "renumber twice": (lambda s: s.renumbered({1: 2}), InvalidValueError, "two segments"),
    "renumber gap": (lambda s: s.renumbered({3: 4}), InvalidValueError, "from 1 by 1"),
    "merge one": (lambda s: s.with_merged_segments([1]), InvalidValueError, "cannot be merged"),
    "merge with text": (
        lambda s: s.with_merged_segments([1, 2], "both"),
        InvalidTypeError,
        "description",
    ),
    "describe unknown": (
        lambda s: s.with_descriptions(labels={0: "x"}),
        InvalidValueError,
        "no such segments",
    ),
    "label too long": (
        lambda s: s.with_descriptions(labels={1: "x" * 65}),
        InvalidValueError,
        "SegmentLabel",
    ),
    "no colour": (
        lambda s: s.with_descriptions(colors={1: (1, 2, 3)}),
        InvalidTypeError,
        "colors",
    ),
    "split by shape": (
        lambda s: s.with_split_segment(1, np.zeros((1, 2, 3), int)),
        InvalidValueError,
        "labels do not fit",
    ),
    "split by fractions": (
        lambda s: s.with_split_segment(1, np.zeros(s.get_volume().shape[:3])),
        InvalidTypeError,
        "whole numbers",
    ),
    "split by nothing": (
        lambda s: s.with_split_segment(1, np.ones(s.get_volume().shape[:3], int)),
        InvalidValueError,
        "not split",
    ),
    "crop outside": (lambda s: s.cropped(row_end=99), OutOfRangeError, "row"),
    "crop to nothing": (
        lambda s: s.cropped(row_start=5, row_end=5),
        InvalidValueError,
        "range of rows is empty",
    ),
    "add without description": (
        lambda s: s.with_segments(np.zeros((1, 2, 3)), []),
        InvalidValueError,
        "no segment to add",
    ),
    "add another shape": (
        lambda s: s.with_segments(np.zeros((1, 2, 3), bool), new_descriptions(1)),
        InvalidValueError,
        "does not fit",
    ),
    "add fractions": (
        lambda s: s.with_segments(
            np.full(s.get_volume().array.shape[:3], 0.5), new_descriptions(1)
        ),
        InvalidValueError,
        "no fractions",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_edits(case):
    seg, _ = example()
    before = saved(seg)
    call, error, said = WRONG[case]
    with pytest.raises(error, match=said):
        call(seg)
    assert saved(seg) == before


def test_pixels_need_a_frame_or_a_source():
    labels = np.zeros(SHAPES[1], np.uint8)
    labels[[0, 3], 2:5] = 1
    seg = make(labels, "BINARY", 1)
    with pytest.raises(GeometryError, match="has no frame yet"):
        seg.with_segments(np.ones(SHAPES[1], bool), new_descriptions(1))


def test_labels_may_not_overlap():
    seg, _ = example("LABELMAP")
    with pytest.raises(OverlappingSegmentsError, match="segments 1 and 4"):
        seg.with_segments(np.ones(SHAPES[1], bool), new_descriptions(1))
