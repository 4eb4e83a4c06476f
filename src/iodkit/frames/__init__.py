"""Per-frame functional groups and frame tables as columns (PS3.3 C.7.6.16)."""

from iodkit.frames.builder import EncodedGroups, FunctionalGroups
from iodkit.frames.cache import frame_table
from iodkit.frames.concatenation import ConcatenationParts
from iodkit.frames.macro_catalogue import find_macro, known_macros, register_macro
from iodkit.frames.macros import Field, Macro, Placement
from iodkit.frames.owner import FrameOwner
from iodkit.frames.ragged import Column, Ragged
from iodkit.frames.raw import attach_sequences, decode_all, encoding_of
from iodkit.frames.real_world import RealWorldMappings
from iodkit.frames.sources import SourceReferences
from iodkit.frames.stacks import common_values, describe_stack, require_known, require_values
from iodkit.frames.stored import StoredGroups
from iodkit.frames.table import FrameTable

__all__ = [
    "Column",
    "ConcatenationParts",
    "EncodedGroups",
    "Field",
    "FrameOwner",
    "FrameTable",
    "FunctionalGroups",
    "Macro",
    "Placement",
    "Ragged",
    "RealWorldMappings",
    "SourceReferences",
    "StoredGroups",
    "attach_sequences",
    "common_values",
    "decode_all",
    "describe_stack",
    "encoding_of",
    "find_macro",
    "frame_table",
    "known_macros",
    "register_macro",
    "require_known",
    "require_values",
]
