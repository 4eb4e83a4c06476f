"""What documents and their trees can be turned into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iodkit.spatial.interop.libraries import import_library
from iodkit_sr.exports.outline import to_outline
from iodkit_sr.exports.page import to_page
from iodkit_sr.exports.tables import to_columns, to_nested

if TYPE_CHECKING:
    from iodkit_sr.tree.content_tree import ContentTree

__all__ = ["Exportable"]


class Exportable:
    """Mixin for what has a content tree: exports to text, pages, plain data and tables.

    Nothing is decoded for good, so that a document stays as it was read.
    """

    __slots__ = ()

    def _exported(self) -> ContentTree:
        raise NotImplementedError

    def to_text(self, *, paths: bool = False) -> str:
        """Write an outline: a line for each item, indented by its depth.

        Parameters
        ----------
        paths : bool, optional
            Whether each line begins with the path of the item.

        Returns
        -------
        str
            The outline.
        """
        return to_outline(self._exported(), paths=paths)

    def to_html(self) -> str:
        """Write a page of HTML that needs no other files; texts are escaped.

        Returns
        -------
        str
            The page: patient, study and state of the document, and its content.
        """
        return to_page(self._exported())

    def to_dict(self) -> dict[str, Any]:
        """Turn the content into nested dictionaries that JSON can hold.

        Returns
        -------
        dict[str, Any]
            The root; the items below each are in its ``"items"``.
        """
        return to_nested(self._exported())

    def to_columns(self) -> dict[str, list[Any]]:
        """Turn the content into columns, with a row for each item in the order of the document.

        Returns
        -------
        dict[str, list]
            ``path``, ``depth``, ``relationship``, ``value_type``, ``name_value``,
            ``name_scheme``, ``name``, ``value`` as text, ``number``, ``unit``, ``code_value``,
            ``code_scheme``, ``sop_class_uid``, ``sop_instance_uid``; ``None`` for what a row
            does not have.
        """
        return to_columns(self._exported())

    def to_dataframe(self) -> Any:
        """Turn the content into a `pandas.DataFrame` with the columns of :meth:`to_columns`.

        Returns
        -------
        pandas.DataFrame
            The table.

        Raises
        ------
        MissingDependencyError
            If pandas is not installed.
        """
        pandas = import_library("pandas", "pandas")
        return pandas.DataFrame(self.to_columns()).astype({"number": "float64"})

    def to_arrow(self) -> Any:
        """Turn the content into a `pyarrow.Table` with the columns of :meth:`to_columns`.

        Returns
        -------
        pyarrow.Table
            The table.

        Raises
        ------
        MissingDependencyError
            If pyarrow is not installed.
        """
        arrow = import_library("pyarrow", "pyarrow")
        types = {"depth": arrow.int32(), "number": arrow.float64()}
        columns = self.to_columns()
        return arrow.table(
            {
                name: arrow.array(values, types.get(name, arrow.string()))
                for name, values in columns.items()
            }
        )
