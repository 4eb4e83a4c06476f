"""Functional groups from columns: one array per attribute in, encoded sequences out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from pydicom.dataset import Dataset

from iodkit.errors import InvalidTypeError, InvalidValueError, NotFoundError
from iodkit.frames.derivation import set_sources
from iodkit.frames.headers import Encoding, item_header
from iodkit.frames.items_column import ItemsColumn, check_index, item_rows
from iodkit.frames.macro_catalogue import resolve_path
from iodkit.frames.paths import column_vr, parse_path
from iodkit.frames.placement import GroupPlacements
from iodkit.frames.pools import Pool, combine, join_items, wrap
from iodkit.frames.raw import attach_sequences, encoding_of
from iodkit.frames.values import make_leaf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from iodkit.frames.macros import Placement
    from iodkit.frames.paths import AttributePath
    from iodkit.frames.ragged import Ragged
    from iodkit.frames.stored import StoredColumn

__all__ = ["EncodedGroups", "FunctionalGroups"]

PER_FRAME_GROUPS = 0x52009230
SHARED_GROUPS = 0x52009229


class EncodedGroups(NamedTuple):
    """The values of the two functional groups sequences.

    Attributes
    ----------
    shared : bytes
        Value of SharedFunctionalGroupsSequence: one item.
    per_frame : bytes
        Value of PerFrameFunctionalGroupsSequence: one item per frame.
    """

    shared: bytes
    per_frame: bytes


_Tree = dict[int, Any]


class FunctionalGroups:
    """Collects columns of per-frame attributes and encodes them (PS3.3 C.7.6.16).

    Parameters
    ----------
    number_of_frames : int
        Number of frames.

    Notes
    -----
    A functional group all of whose columns are the same for every frame goes into the shared
    functional groups, unless it may not stand there or the caller says otherwise.
    """

    def __init__(self, number_of_frames: int) -> None:
        if not isinstance(number_of_frames, (int, np.integer)) or number_of_frames < 1:
            raise InvalidValueError(
                "an image has at least one frame",
                attribute="number_of_frames",
                found=number_of_frames,
            )
        self._n = int(number_of_frames)
        self._tree: _Tree = {}
        self._placements = GroupPlacements(self._n)

    def __repr__(self) -> str:
        names = ", ".join(parse_path(f"{tag:08X}").text for tag in sorted(self._tree))
        return f"FunctionalGroups({self._n} frames: {names or 'no groups'})"

    @property
    def number_of_frames(self) -> int:
        """Number of frames."""
        return self._n

    def set(
        self,
        path: str,
        values: ArrayLike | Sequence[Any],
        *,
        index: ArrayLike | None = None,
        placement: Placement | str | None = None,
    ) -> None:
        """Set the column of an attribute.

        Parameters
        ----------
        path : str
            Keywords joined by dots, from the functional group's sequence to the attribute.
            Each sequence on the way has one item.
        values : array_like or sequence
            One value per frame, shape ``(n,)`` or ``(n, k)``; None, NaN and masked values are
            absent: the attribute is left out in these frames, and with its last attribute the
            sequence around it.
        index : array_like of int, optional
            Shape ``(n,)``: then `values` holds distinct values, and frame i has
            ``values[index[i]]``; -1 for none.
        placement : {"auto", "shared", "per_frame"}, optional
            Where the functional group goes, see `place`.

        Raises
        ------
        InvalidValueError
            If the path is wrong, the number of values is not that of the frames, or a value
            does not fit its VR.
        """
        where = resolve_path(path)
        vr = column_vr(where)
        if index is None:
            leaf = make_leaf(where.leaf, vr, values, self._n, where.text)
        else:
            codes = check_index(index, self._n, len(values), where.text)  # type: ignore[arg-type]
            table = make_leaf(where.leaf, vr, values, len(values), where.text)  # type: ignore[arg-type]
            leaf = table.take(codes)
        self._placements.note_column(where.group)
        self._insert(where, leaf, placement)

    def set_constant(
        self, path: str, value: Any, *, placement: Placement | str | None = None
    ) -> None:
        """Give an attribute one value for all frames.

        Parameters
        ----------
        path : str
            As for `set`.
        value
            The value: a number, text, or a sequence of them.
        placement : {"auto", "shared", "per_frame"}, optional
            Where the functional group goes, see `place`.
        """
        where = resolve_path(path)
        row = value if isinstance(value, (str, bytes)) or value is None else np.asarray(value)
        rows = [row] if isinstance(row, (str, bytes)) or row is None else row[None]
        leaf = make_leaf(where.leaf, column_vr(where), rows, 1, where.text)
        self._insert(where, leaf.take(np.zeros(self._n, np.intp)), placement)

    def set_items(
        self,
        path: str,
        items: Sequence[Dataset],
        index: ArrayLike | Ragged | Sequence[Sequence[int]] | None = None,
        *,
        placement: Placement | str | None = None,
    ) -> None:
        """Set a sequence from distinct items and which frame has which.

        Parameters
        ----------
        path : str
            Keywords joined by dots, to the sequence: a functional group, or a sequence in one.
        items : sequence of pydicom.Dataset
            The distinct items; they are not changed, and read when the groups are encoded.
        index : array_like of int, Ragged or sequence of sequences, optional
            Shape ``(n,)``: the number of each frame's item, -1 for none; or for each frame the
            list of its items' numbers.  By default every frame has all the items.
        placement : {"auto", "shared", "per_frame"}, optional
            Where the functional group goes, see `place`.
        """
        where = parse_path(path)
        if where.vr not in {"SQ", None}:
            raise InvalidValueError("not a sequence", attribute=where.text, found=where.vr)
        listed = tuple([items] if isinstance(items, Dataset) else items)
        for item in listed:
            if not isinstance(item, Dataset):
                raise InvalidTypeError(
                    "items are datasets", attribute=where.text, found=type(item).__name__
                )
        rows = item_rows(index, self._n, len(listed), where.text)
        if index is not None:
            self._placements.note_column(where.group)
        self._insert(where, ItemsColumn(where.leaf, listed, rows), placement)

    def set_stored(self, tags: tuple[int, ...], column: StoredColumn) -> None:
        """Set what is encoded already: a functional group, or an attribute in its one item.

        Parameters
        ----------
        tags : tuple of int
            Tag of the functional group, and that of the attribute.
        column : StoredColumn
            The encoded elements; see `StoredGroups`.
        """
        tree = self._tree
        for tag in tags[:-1]:
            tree = tree.setdefault(tag, {})
        tree[tags[-1]] = column

    def set_sources(
        self,
        class_uids: str | Sequence[str],
        uids: Sequence[str],
        index: ArrayLike | Ragged | Sequence[Sequence[int]],
        *,
        frame_numbers: ArrayLike | Ragged | Sequence[Sequence[int]] | None = None,
        purpose: Dataset | None = None,
        derivation: Dataset | Sequence[Dataset] | None = None,
        spatial_locations_preserved: str | None = None,
    ) -> None:
        """Set the Derivation Image group: which images a frame was made from.

        Parameters
        ----------
        class_uids : str or sequence of str
            SOP class UID of all source instances, or of each.
        uids : sequence of str
            SOP instance UIDs of the distinct source instances.
        index : array_like of int, Ragged or sequence of sequences
            Shape ``(n,)``: number of each frame's instance in `uids`, -1 for none; or for each
            frame the list of its instances' numbers.
        frame_numbers : array_like of int, Ragged or sequence of sequences, optional
            Number (from 1) of the referenced frame of each reference, in the form of `index`; 0
            where an instance has a single frame.
        purpose : pydicom.Dataset, optional
            Code of the purpose of reference.
        derivation : pydicom.Dataset or sequence of pydicom.Dataset, optional
            Codes of the derivation.
        spatial_locations_preserved : str, optional
            ``"YES"``, ``"NO"`` or ``"REORIENTED_ONLY"``.

        Raises
        ------
        InvalidValueError
            If a UID or number is wrong, or the numbers of values do not fit together.
        """
        set_sources(
            self,
            class_uids,
            uids,
            index,
            frame_numbers=frame_numbers,
            purpose=purpose,
            derivation=derivation,
            spatial_locations_preserved=spatial_locations_preserved,
        )

    def place(self, group: str, placement: Placement | str) -> None:
        """Say where a functional group goes.

        Parameters
        ----------
        group : str
            Keyword of the functional group's sequence.
        placement : {"auto", "shared", "per_frame"}
            ``"auto"``: shared if it is the same for all frames and may be shared.

        Raises
        ------
        InvalidValueError
            If the functional group may not stand there.
        """
        self._placements.place(parse_path(group).group, placement)

    def remove(self, path: str) -> None:
        """Remove a column, or all columns below a path.

        Raises
        ------
        NotFoundError
            If nothing was set there.
        """
        where = parse_path(path)
        tree = self._tree
        for tag in where.tags[:-1]:
            tree = tree.get(tag, {}) if isinstance(tree, dict) else {}
        if not isinstance(tree, dict) or where.leaf not in tree:
            raise NotFoundError("no such column", attribute=where.text)
        del tree[where.leaf]

    def encode(
        self,
        *,
        implicit_vr: bool = False,
        little_endian: bool = True,
        encodings: Sequence[str] | None = None,
    ) -> EncodedGroups:
        """Encode both sequences.

        Parameters
        ----------
        implicit_vr : bool, optional
            Whether elements carry no VR.
        little_endian : bool, optional
            Byte order.
        encodings : sequence of str, optional
            Python's codec names for text (`pydicom.charset.convert_encodings`).

        Returns
        -------
        EncodedGroups
            The values of the two sequences, as ``(shared, per_frame)``.

        Raises
        ------
        InvalidValueError
            If a group that has to be shared differs between frames.
        """
        encoding = Encoding(
            implicit_vr, little_endian, tuple(encodings) if encodings else ("iso8859",)
        )
        shared, per_frame = [], []
        for tag in sorted(self._tree):
            pool = self._encode_node(tag, self._tree[tag], encoding)
            if not (pool.codes >= 0).any():
                continue
            if self._placements.is_shared(tag, pool):
                shared.append(pool.constant)
            else:
                per_frame.append(pool)
        body = b"".join(shared)
        return EncodedGroups(
            item_header(len(body), encoding.order) + body,
            join_items(per_frame, self._n, encoding),
        )

    def attach(
        self,
        dataset: Dataset,
        *,
        implicit_vr: bool | None = None,
        little_endian: bool | None = None,
    ) -> None:
        """Encode both sequences and put them, encoded, into a dataset.

        Parameters
        ----------
        dataset : pydicom.Dataset
            Gets the two sequences, each as one encoded element, and NumberOfFrames.
        implicit_vr, little_endian : bool, optional
            Encoding that the dataset will be written in; by default that of the transfer
            syntax in its file meta information, or else Explicit VR Little Endian.

        Notes
        -----
        The encoding is recorded in the dataset, so that saving in that encoding writes the
        bytes as they are.  Set SpecificCharacterSet before.
        """
        encoding = encoding_of(dataset, implicit_vr, little_endian)
        shared, per_frame = self.encode(
            implicit_vr=encoding.implicit_vr,
            little_endian=encoding.little_endian,
            encodings=encoding.encodings,
        )
        attach_sequences(dataset, {SHARED_GROUPS: shared, PER_FRAME_GROUPS: per_frame}, encoding)
        dataset.NumberOfFrames = self._n

    def _encode_node(self, tag: int, node: Any, encoding: Encoding) -> Pool:
        if not isinstance(node, dict):
            pool: Pool = node.encode(encoding)
            return pool
        parts = [self._encode_node(inner, node[inner], encoding) for inner in sorted(node)]
        return wrap(combine(parts, self._n), tag, encoding)

    def _insert(self, where: AttributePath, node: Any, placement: Placement | str | None) -> None:
        tree = self._tree
        for tag in where.tags[:-1]:
            child = tree.setdefault(tag, {})
            if not isinstance(child, dict):
                raise InvalidValueError(
                    "this sequence was set as items and cannot have columns",
                    attribute=where.text,
                )
            tree = child
        tree[where.leaf] = node
        if placement is not None:
            self.place(f"{where.group:08X}", placement)

    def forget(self, group: str) -> None:
        """Remove all columns of a functional group, if there are any."""
        self._tree.pop(parse_path(group).group, None)
