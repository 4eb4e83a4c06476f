"""The bases of all our classes that are pydicom datasets or sequences.

pydicom builds, copies and reads datasets on the assumption that a class can be called without
arguments.  Ours have constructors that make valid objects, so whatever pydicom does behind the
scenes goes through :meth:`DicomItem.from_dataset` here.
"""

from __future__ import annotations

import threading
from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar

from pydicom.datadict import keyword_for_tag
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence as PydicomSequence
from pydicom.tag import BaseTag, Tag

from iodkit.elements.chinese import TEXT_VRS, clean_element, has_escape
from iodkit.errors import CorruptDataError, InvalidTypeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Self

__all__ = ["DicomItem", "DicomSequence"]

# Parsing an encoded sequence for the first time replaces it in the dataset.  Two threads that do
# so at once would each hold items that the other never sees, so there is one lock for all.
_FIRST_PARSE = threading.RLock()


class _State(threading.local):
    """How many encoded sequences this thread is parsing right now, one inside the other."""

    parsing = 0


_STATE = _State()
_MAY_BE_SEQUENCE = frozenset(("SQ", "UN", None))
# What pydicom keeps of an open source: it cannot be copied or pickled.
_OPEN_SOURCE = frozenset(("buffer", "fileobj_type"))


class DicomItem(Dataset):
    """A `pydicom.Dataset` whose subclasses may have constructors of their own.

    Instances can be copied, deep-copied, pickled and converted to and from JSON like any
    dataset.  A shallow copy has its own set of elements, so that adding an element to the copy
    leaves the original alone.  Encoded sequences, at any depth, can be accessed by several
    threads: every thread gets the same items, which are of this class.
    """

    # Attributes of the object, besides its elements, that deep copies share.
    _shared_by_copies: ClassVar[frozenset[str]] = _OPEN_SOURCE

    @classmethod
    def from_dataset(cls, dataset: Dataset, copy: bool = True) -> Self:
        """Make an object of this class from a dataset that holds its attributes.

        Parameters
        ----------
        dataset : pydicom.Dataset
            Dataset with the attributes of the class.
        copy : bool, optional
            Whether the elements are copied deeply.  Without a copy the new object and `dataset`
            share their elements: what is set in one is seen in the other.

        Returns
        -------
        Self
            Object of this class; encoded elements stay encoded, and the recorded encoding of
            the dataset is kept.

        Raises
        ------
        InvalidTypeError
            If `dataset` is not a dataset.
        """
        if not isinstance(dataset, Dataset):
            raise InvalidTypeError(
                f"{cls.__name__}.from_dataset needs a dataset",
                found=type(dataset).__name__,
                expected="a pydicom.Dataset",
            )
        cls._check_dataset(dataset)
        state = dict(dataset.__dict__)
        if copy:
            state = cls._deepcopy_state(state, {})
        item = cls.__new__(cls)
        item.__dict__.update(state)
        return item

    @classmethod
    def _check_dataset(cls, dataset: Dataset) -> None:
        """Raise if `dataset` cannot become an object of this class; subclasses override."""

    @classmethod
    def from_json(
        cls,
        json_dataset: dict[str, Any] | str | bytes | bytearray,
        bulk_data_uri_handler: Callable[..., Any] | None = None,
    ) -> Self:
        """Make an object of this class from the DICOM JSON model (PS3.18 Annex F).

        Parameters
        ----------
        json_dataset : dict | str | bytes | bytearray
            The JSON model, parsed or as text.
        bulk_data_uri_handler : callable, optional
            Called for values that are given as a URI, as in `pydicom.Dataset.from_json`.

        Returns
        -------
        Self
            Object of this class.
        """
        plain = Dataset.from_json(json_dataset, bulk_data_uri_handler)
        return cls.from_dataset(plain, copy=False)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return super().__getitem__(key)
        tag = key if isinstance(key, BaseTag) else Tag(key)
        stored = self._dict.get(tag)
        if not isinstance(stored, RawDataElement):
            return super().__getitem__(tag)
        element = self._parsed(tag) if stored.VR in _MAY_BE_SEQUENCE else self._decoded(tag)
        if element.VR in TEXT_VRS and has_escape(stored.value):
            return clean_element(element)
        return element

    def _parsed(self, tag: BaseTag) -> Any:
        """Decode an element that may be a sequence."""
        with _FIRST_PARSE:
            _STATE.parsing += 1
            try:
                return super().__getitem__(tag)
            finally:
                _STATE.parsing -= 1

    def _decoded(self, tag: BaseTag) -> Any:
        """Decode an element that is no sequence."""
        try:
            return super().__getitem__(tag)
        except (NotImplementedError, ValueError) as error:
            raise CorruptDataError(
                f"the value cannot be decoded: {error}",
                attribute=keyword_for_tag(tag) or str(tag),
                clause="PS3.5 6.2",
            ) from error

    def __setitem__(self, key: Any, elem: DataElement | RawDataElement) -> None:
        # The parsed sequence becomes visible to other threads here: its items have to be safe
        # before that.
        if _STATE.parsing and isinstance(elem, DataElement) and elem.VR == "SQ":
            for item in elem.value or ():
                if type(item) is Dataset:
                    item.__class__ = DicomItem
        super().__setitem__(key, elem)

    @classmethod
    def _deepcopy_state(cls, state: dict[str, Any], memo: dict[int, Any]) -> dict[str, Any]:
        return {
            name: value if name in cls._shared_by_copies else deepcopy(value, memo)
            for name, value in state.items()
        }

    def __eq__(self, other: object) -> bool:
        """Compare elements with any other dataset, of whatever class."""
        if self is other:
            return True
        if not isinstance(other, Dataset):
            return NotImplemented
        return self.keys() == other.keys() and all(self[tag] == other[tag] for tag in self.keys())

    __hash__ = None  # type: ignore[assignment]  # elements can be changed

    def __copy__(self) -> Self:
        twin = type(self).__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin._dict = dict(self._dict)
        twin._private_blocks = dict(self._private_blocks)
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        twin = type(self).__new__(type(self))
        memo[id(self)] = twin
        twin.__dict__.update(self._deepcopy_state(self.__dict__, memo))
        return twin

    def __getstate__(self) -> dict[str, Any]:
        _make_picklable(self)
        return {k: v for k, v in self.__dict__.items() if k not in _OPEN_SOURCE}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


def _make_picklable(dataset: Dataset) -> None:
    """Replace what pydicom gives descriptors of look-up tables as a type, which no pickle takes."""
    for element in list(dataset._dict.values()):
        value = element.value
        if isinstance(value, PydicomSequence):
            for item in value:
                _make_picklable(item)
        elif isinstance(value, MultiValue):
            kind = getattr(value, "_constructor", None)
            if "<locals>" in getattr(kind, "__qualname__", ""):
                value._constructor = int


class DicomSequence(PydicomSequence):
    """A `pydicom.Sequence` whose subclasses may have constructors of their own."""

    @classmethod
    def from_sequence(cls, sequence: Iterable[Dataset] | Dataset, copy: bool = True) -> Self:
        """Make an object of this class from a sequence that holds its items.

        Parameters
        ----------
        sequence : pydicom.Sequence
            Sequence with the items of the class.
        copy : bool, optional
            Whether the items are copied deeply.

        Returns
        -------
        Self
            Object of this class.

        Raises
        ------
        InvalidTypeError
            If `sequence` is not a sequence of datasets.
        """
        items = [] if isinstance(sequence, Dataset) else list(sequence)
        if isinstance(sequence, Dataset) or not all(isinstance(i, Dataset) for i in items):
            raise InvalidTypeError(
                f"{cls.__name__}.from_sequence needs a sequence of datasets",
                found=type(sequence).__name__,
                expected="a pydicom.Sequence",
            )
        new = cls.__new__(cls)
        PydicomSequence.__init__(new, deepcopy(items) if copy else items)
        new._check_items()
        return new

    def _check_items(self) -> None:
        """Raise if the items do not make an object of this class; subclasses override."""
