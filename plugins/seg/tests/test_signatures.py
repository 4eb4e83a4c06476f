"""The public interface is a promise: names, order and defaults of parameters do not drift."""

import inspect
from pathlib import Path

import iodkit_seg
import iodkit_seg.utils

LISTED = Path(__file__).with_name("interface.txt")
# What images give and segmentations promise as well.
INHERITED = (
    "are_dimension_indices_unique",
    "coordinate_system",
    "dimension_index_pointers",
    "from_dataset",
    "from_file",
    "get_frame",
    "get_frames",
    "get_raw_frame",
    "get_source_image_uids",
    "get_stored_frame",
    "get_stored_frames",
    "is_indexable_as_total_pixel_matrix",
    "is_tiled",
    "number_of_frames",
    "pixel_array",
)


def line(name, function):
    signature = inspect.signature(function)
    empty = inspect.Parameter.empty
    bare = [each.replace(annotation=empty) for each in signature.parameters.values()]
    shown = signature.replace(parameters=bare, return_annotation=inspect.Signature.empty)
    return f"{name}{shown}"


def interface():
    """List everything public, one line each."""
    lines = [line("utils.iter_segments", iodkit_seg.utils.iter_segments)]
    for name in sorted(iodkit_seg.__all__):
        thing = getattr(iodkit_seg, name)
        if not isinstance(thing, type):
            lines.append(line(name, thing))
            continue
        if hasattr(thing, "__members__"):
            lines += [f"{name}.{key} = {value.value!r}" for key, value in thing.__members__.items()]
            continue
        lines.append(line(name, thing.__init__))
        for member in sorted(set(dir(thing)) - set(dir(list))):
            owners = [base for base in thing.__mro__ if member in vars(base)]
            own = bool(owners) and owners[0].__module__.startswith("iodkit_seg")
            if member.startswith("_") or not (own or member in INHERITED):
                continue
            value = inspect.getattr_static(thing, member)
            if isinstance(value, property):
                lines.append(f"{name}.{member}")
            elif callable(getattr(thing, member, None)):
                lines.append(line(f"{name}.{member}", getattr(thing, member)))
    return lines


def test_signatures_are_those_that_are_listed():
    listed = LISTED.read_text().splitlines()
    found = interface()
    assert not sorted(set(listed) - set(found)), "gone or changed; deliberate? then edit the list"
    assert not sorted(set(found) - set(listed)), "not listed: write it into interface.txt"
