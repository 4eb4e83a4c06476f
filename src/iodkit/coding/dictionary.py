"""The codes that DICOM itself uses, by keyword, loaded when the first is asked for."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, cast

from iodkit.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.sr.codedict import Collection
    from pydicom.sr.coding import Code

__all__ = ["CodeCollection", "CodeDictionary", "UnknownCodeError", "codes"]


class UnknownCodeError(NotFoundError, AttributeError):
    """No code, coding scheme or context group has this name."""

    code = "unknown-code"


class CodeCollection:
    """The codes of one coding scheme or one context group (PS3.16).

    Attributes are the codes, by keyword: the meaning in camel case.

    Parameters
    ----------
    collection : pydicom.sr.codedict.Collection
        pydicom's collection.
    """

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    @property
    def name(self) -> str:
        """Designator of the coding scheme, or ``"CID"`` and the number of the group."""
        return self._collection.name

    def __getattr__(self, keyword: str) -> Code:
        if keyword.startswith("_"):
            raise AttributeError(keyword)
        try:
            code: Code = getattr(self._collection, keyword)
        except AttributeError:
            close = difflib.get_close_matches(keyword, self.keywords(), n=3, cutoff=0.7)
            raise UnknownCodeError(
                f"{self.name} has no code with this keyword",
                attribute=keyword,
                expected=f"for example one of {close}" if close else None,
                remedy=f"codes.{self.name}.keywords('part of the meaning') lists keywords.",
            ) from None
        except RuntimeError as error:
            raise UnknownCodeError(
                str(error), attribute=keyword, remedy="Make a CodedConcept with the right value."
            ) from error
        return code

    def keywords(self, *parts: str) -> list[str]:
        """List the keywords of the codes.

        Parameters
        ----------
        *parts : str
            Keywords that contain any of these texts are listed, whatever their case; all of
            them if there are none.

        Returns
        -------
        list[str]
            Sorted keywords.
        """
        return self._collection.dir(*parts)

    def find(self, value: str) -> Code:
        """Look up a code by its value.

        Parameters
        ----------
        value : str
            Code value.

        Returns
        -------
        pydicom.sr.coding.Code
            The code.

        Raises
        ------
        UnknownCodeError
            If the collection has no such code.
        """
        for code in self:
            if code.value == value:
                return code
        raise UnknownCodeError(f"{self.name} has no code with this value", found=value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.keywords()})

    def __iter__(self) -> Iterator[Code]:
        from pydicom.sr.coding import Code

        for keyword in dict.fromkeys(self.keywords()):
            for scheme, entries in self._entries(keyword):
                for value, (meaning, _) in entries.items():
                    yield Code(value, scheme, meaning)

    def _entries(self, keyword: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield schemes and codes of a keyword; a few keywords stand for several codes."""
        from pydicom.sr._cid_dict import cid_concepts
        from pydicom.sr._concepts_dict import concepts

        if not self._collection.is_cid:
            yield self.name, cast("dict[str, Any]", concepts[self.name][keyword])
            return
        group = int(self.name.removeprefix("CID"))
        for scheme, keywords in cid_concepts[group].items():
            if keyword in keywords:
                found = cast("dict[str, Any]", concepts[scheme][keyword])
                members = {value: entry for value, entry in found.items() if group in entry[1]}
                yield scheme, members or found

    def __contains__(self, code: object) -> bool:
        if isinstance(code, str):
            return code in self.keywords()
        return any(member == code for member in self)

    def __repr__(self) -> str:
        return f"<codes of {self.name}>"


class CodeDictionary:
    """The coding schemes and context groups of PS3.16 by name, as pydicom carries them.

    ``codes.SCT.Liver`` is a code of a scheme, ``codes.cid7150`` or ``codes.cid(7150)`` a
    context group.  Nothing is loaded before the first is asked for.
    """

    def __getattr__(self, name: str) -> CodeCollection:
        if name.startswith("_"):
            raise AttributeError(name)
        from pydicom.sr.codedict import codes as collections

        try:
            return CodeCollection(getattr(collections, name))
        except AttributeError:
            raise UnknownCodeError(
                "no coding scheme or context group has this name",
                attribute=name,
                expected=f"one of {self.schemes()}, or 'cid' and the number of a context group",
                clause="PS3.16",
            ) from None

    def cid(self, number: int) -> CodeCollection:
        """Return the codes of a context group.

        Parameters
        ----------
        number : int
            Number of the context group in PS3.16.

        Returns
        -------
        CodeCollection
            Its codes.

        Raises
        ------
        UnknownCodeError
            If there is no such group.
        """
        return self.__getattr__(f"CID{number}")

    def schemes(self) -> list[str]:
        """List the designators of the coding schemes.

        Returns
        -------
        list[str]
            Designators.
        """
        from pydicom.sr.codedict import codes as collections

        return collections.schemes()

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.schemes()})

    def __repr__(self) -> str:
        return "<codes of PS3.16>"


codes = CodeDictionary()
