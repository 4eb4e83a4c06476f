"""The content tree of a document with its exports."""

from __future__ import annotations

import json

from iodkit_sr.exports.mixin import Exportable
from iodkit_sr.tree.content_tree import ContentTree

__all__ = ["DocumentTree"]


class DocumentTree(Exportable, ContentTree):
    """The content tree of a document as it was at a moment: queries, paths, values, exports.

    Parameters
    ----------
    index : TreeIndex
        Its index.
    owner : pydicom.Dataset
        The document, whose items the nodes lead to.
    """

    def _exported(self) -> DocumentTree:
        return self

    def to_json(self, indent: int | None = None) -> str:
        """Write what :meth:`to_dict` gives as JSON; not the DICOM JSON model of PS3.18.

        Parameters
        ----------
        indent : int | None, optional
            Spaces for each level; everything in one line by default.

        Returns
        -------
        str
            The text.
        """
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False, allow_nan=False)
