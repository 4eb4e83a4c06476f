"""Content trees as an outline in plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit_sr.exports.tables import list_paths
from iodkit_sr.exports.values import format_code, format_item

if TYPE_CHECKING:
    from iodkit_sr.tree.content_tree import ContentTree

__all__ = ["to_outline"]

_INDENT = "  "


def to_outline(tree: ContentTree, *, paths: bool = False) -> str:
    """Write a tree as an outline; see :meth:`Exportable.to_text`."""
    lines = []
    depths = tree.index.depths.tolist()
    for row, path in enumerate(list_paths(tree)):
        indent = _INDENT * depths[row]
        name = format_code(tree.index.name(row)) or _substitute(tree, row)
        value = format_item(tree, row).replace("\r\n", "\n").replace("\r", "\n")
        label = f"{path} {name}" if paths else name
        first, *following = value.split("\n")
        lines.append(f"{indent}{label}: {first}" if value else f"{indent}{label}")
        lines.extend(f"{indent}{_INDENT * 2}{line}" for line in following)
    return "\n".join(line.rstrip() for line in lines)


def _substitute(tree: ContentTree, row: int) -> str:
    """What stands for a name that is missing: the value type."""
    if row - 1 in tree.index.scan.references:
        return "see"
    return f"({tree.index.kind(row).lower() or 'item'})"
