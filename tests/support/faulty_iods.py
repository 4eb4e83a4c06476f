"""One sound implementation of an IOD, and others that each have one fault."""

from __future__ import annotations

import copy
import datetime as dt
import itertools
import threading
import uuid
from typing import Any

from pydicom import Dataset

from iodkit.dataset import SOPClass
from iodkit.errors import InvalidValueError
from iodkit.registry import ConformanceEntry, IODEntry, RuleEntry, hookimpl
from iodkit.testing.conformance import BadCall, ConformanceCase

UID = "1.2.840.10008.5.1.4.1.1.104.1"
KEYWORD = "EncapsulatedPDFStorage"


class Sound(SOPClass):
    """A PDF document without faults."""

    def __init__(self, document: bytes, titles: list[str], concepts: list[Dataset]) -> None:
        if document[:5] != b"%PDF-":
            raise self._refusal()
        super().__init__(sop_class_uid=UID, modality="DOC")
        self.ConversionType = "WSD"
        self.AcquisitionDateTime = ""
        self.BurnedInAnnotation = "YES"
        self.DocumentTitle = titles[0]
        self.ConceptNameCodeSequence = copy.deepcopy(concepts)
        self.MIMETypeOfEncapsulatedDocument = "application/pdf"
        self.EncapsulatedDocument = document + b"\0" * (len(document) % 2)
        self.EncapsulatedDocumentLength = len(document)

    def _refusal(self) -> Exception:
        return InvalidValueError("no PDF", attribute="document")


class Undocumented(Sound):
    pass


class NoSOPClass:
    """Something else."""


class OtherSOPClass(Sound):
    """Says that it is a text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.SOPClassUID = self.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.104.2"


class LosesClass(Sound):
    """Makes objects of a class that reading does not give."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return super().__new__(_Derived if args or kwargs else cls)


class _Derived(LosesClass):
    """A class that nobody registered."""


class ChangesOnWrite(Sound):
    """Writes other bytes after reading than before."""

    def save_as(self, filename: Any, /, *args: Any, **kwargs: Any) -> None:
        if getattr(self, "filename", None) or self.get("StationName"):
            self.StationName = "READ"
        super().save_as(filename, *args, **kwargs)

    @classmethod
    def from_dataset(cls, dataset: Dataset, copy: bool = True) -> Any:
        new = super().from_dataset(dataset, copy)
        new.__dict__["filename"] = "read"
        return new

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in super().__getstate__().items() if k != "filename"}

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = super().__deepcopy__(memo)
        twin.__dict__.pop("filename", None)
        return twin

    def __copy__(self) -> Any:
        twin = super().__copy__()
        twin.__dict__.pop("filename", None)
        return twin


class Unpicklable(Sound):
    """Holds a lock."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.__dict__["_own_lock"] = threading.Lock()

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        lock = self.__dict__.pop("_own_lock", None)
        try:
            return super().__deepcopy__(memo)
        finally:
            self.__dict__["_own_lock"] = lock


class SharesElements(Sound):
    """Copies itself by sharing its elements."""

    def __copy__(self) -> Any:
        twin = type(self).__new__(type(self))
        twin.__dict__.update(self.__dict__)
        return twin


class NoJSON(Sound):
    """Makes something else from JSON."""

    @classmethod
    def from_json(cls, *args: Any, **kwargs: Any) -> Any:
        return Dataset.from_json(*args, **kwargs)


class BrokenJSON(Sound):
    """Cannot be called as pydicom does."""

    @classmethod
    def from_json(cls, *args: Any, **kwargs: Any) -> Any:
        return cls()


class OwnUIDs(Sound):
    """Makes identifiers on its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.SeriesInstanceUID = f"2.25.{uuid.uuid4().int}"


class OwnClock(Sound):
    """Looks at another clock."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ContentDate = dt.datetime.now().strftime("%Y%m%d")


class Counts(Sound):
    """Remembers how many objects there are."""

    numbers = itertools.count(1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.InstanceNumber = next(self.numbers)


class SortsInput(Sound):
    """Changes a list that it is given."""

    def __init__(self, document: bytes, titles: list[str], concepts: list[Dataset]) -> None:
        titles.reverse()
        super().__init__(document, titles, concepts)


class KeepsInput(Sound):
    """Takes items over without copying them."""

    def __init__(self, document: bytes, titles: list[str], concepts: list[Dataset]) -> None:
        super().__init__(document, titles, concepts)
        self.ConceptNameCodeSequence = concepts


class AcceptsAll(Sound):
    """Checks nothing."""

    def __init__(self, document: bytes, titles: list[str], concepts: list[Dataset]) -> None:
        super().__init__(b"%PDF-" + document.removeprefix(b"%PDF-"), titles, concepts)


class ForeignError(Sound):
    """Raises an error that is not of our hierarchy."""

    def _refusal(self) -> Exception:
        return ValueError("document is no PDF")


class NamelessError(Sound):
    """Does not say what is wrong."""

    def _refusal(self) -> Exception:
        return InvalidValueError("something is wrong")


class BreaksRule(Sound):
    """Breaks a rule of its own plugin."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.DocumentTitle = "Forbidden"


class BreaksStandard(Sound):
    """Lacks a mandatory attribute."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.BurnedInAnnotation


def inputs() -> dict[str, Any]:
    concept = Dataset()
    concept.CodeValue, concept.CodingSchemeDesignator = "18748-4", "LN"
    concept.CodeMeaning = "Diagnostic imaging report"
    return {
        "document": b"%PDF-1.7\n%%EOF\n",
        "titles": ["Report", "Other title"],
        "concepts": [concept],
    }


def case(implementation: Any, name: str = "a document", **options: Any) -> ConformanceCase:
    bad = (BadCall("document", {"document": b"no PDF"}),)
    return ConformanceCase(name, implementation, inputs, **{"bad_calls": bad, **options})


def forbid(dataset: Dataset) -> list[str]:
    return ["DocumentTitle"] if dataset.DocumentTitle == "Forbidden" else []


def no_cases() -> list[Any]:
    return ["no case"]


def sound_cases() -> list[ConformanceCase]:
    return [case(Sound)]


class Plugin:
    """A plugin, registered by hand, for one implementation."""

    def __init__(self, implementation: str, *, keyword: str = KEYWORD, **references: str) -> None:
        self.implementation, self.keyword, self.references = implementation, keyword, references

    @hookimpl
    def iodkit_register_iods(self) -> list[IODEntry]:
        reference = f"faulty_iods:{self.implementation}"
        return [IODEntry(UID, self.keyword, "faulty", reference)]

    @hookimpl
    def iodkit_validation_rules(self) -> list[RuleEntry]:
        rule = self.references.get("rule", "faulty_iods:forbid")
        return [RuleEntry("forbidden", "PS3.3 C.24.2", "error", rule, (UID,))]

    @hookimpl
    def iodkit_conformance_cases(self) -> list[ConformanceEntry]:
        cases = self.references.get("cases")
        return [ConformanceEntry(UID, cases)] if cases else []
