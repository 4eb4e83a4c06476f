"""Identification of an algorithm: the Algorithm Identification Macro of PS3.3 10.15."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydicom.dataset import Dataset

from iodkit.coding import CodedConcept, to_code
from iodkit.content.macros import ItemSequence, is_empty, set_text
from iodkit.elements import check_string
from iodkit.errors import InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from pydicom.sr.coding import Code

__all__ = ["AlgorithmIdentificationSequence"]


class AlgorithmIdentificationSequence(ItemSequence):
    """Which algorithm made something (PS3.3 Table 10-19).

    A sequence that others wrote may name several algorithms; the properties then speak of the
    first.

    Parameters
    ----------
    name : str
        Name of the algorithm, at most 64 characters.
    family : pydicom.sr.coding.Code | CodedConcept
        Kind of algorithm, from context group 7162.
    version : str
        Version of the algorithm, at most 64 characters.
    source : str | None, optional
        Who made the algorithm, for example its manufacturer.
    parameters : dict[str, str] | None, optional
        Parameters of the actual run.  They are written as ``name=value`` with commas between.

    Raises
    ------
    InvalidTypeError
        If `family` is no code, or `parameters` is no dictionary.
    InvalidValueError
        If a text is empty or too long, or the parameters could not be read back.
    """

    _required: ClassVar[tuple[str, ...]] = (
        "AlgorithmName",
        "AlgorithmFamilyCodeSequence",
        "AlgorithmVersion",
    )
    _clause: ClassVar[str | None] = "PS3.3 Table 10-19"
    _single: ClassVar[bool] = False

    def __init__(
        self,
        name: str,
        family: Code | CodedConcept,
        version: str,
        source: str | None = None,
        parameters: dict[str, str] | None = None,
    ) -> None:
        item = Dataset()
        item.AlgorithmName = check_string(name, "LO", "AlgorithmName")
        item.AlgorithmFamilyCodeSequence = [to_code(family, "family")]
        item.AlgorithmVersion = check_string(version, "LO", "AlgorithmVersion")
        set_text(item, "AlgorithmSource", "LO", source)
        if parameters:
            text = _join_parameters(parameters)
            item.AlgorithmParameters = check_string(text, "LT", "AlgorithmParameters")
        super().__init__([item])

    @property
    def name(self) -> str:
        """Name of the algorithm."""
        return str(self[0].AlgorithmName)

    @property
    def family(self) -> CodedConcept:
        """Kind of algorithm."""
        return CodedConcept.from_dataset(self[0].AlgorithmFamilyCodeSequence[0], copy=False)

    @property
    def version(self) -> str:
        """Version of the algorithm."""
        return str(self[0].AlgorithmVersion)

    @property
    def source(self) -> str | None:
        """Who made the algorithm, if that is given."""
        return None if is_empty(self[0], "AlgorithmSource") else str(self[0].AlgorithmSource)

    @property
    def parameters(self) -> dict[str, str] | None:
        """Parameters of the run by name, if any are given.

        Raises
        ------
        InvalidValueError
            If the text, which others may write as they like, is not of the form
            ``name=value,name=value``.
        """
        if is_empty(self[0], "AlgorithmParameters"):
            return None
        return _split_parameters(str(self[0].AlgorithmParameters))


def _join_parameters(parameters: dict[str, str]) -> str:
    if not isinstance(parameters, dict):
        raise InvalidTypeError(
            "wrong type", attribute="parameters", found=parameters, expected="a dictionary"
        )
    texts = {str(name): str(value) for name, value in parameters.items()}
    joined = ",".join(f"{name}={value}" for name, value in texts.items())
    if any(not name or "=" in name or "," in name for name in texts) or (
        _split_parameters(joined) != texts
    ):
        raise InvalidValueError(
            "the parameters could not be told apart when they are read back",
            attribute="parameters",
            found=parameters,
            expected="names without '=' and ',', and values without a comma that an '=' follows",
        )
    return joined


def _split_parameters(text: str) -> dict[str, str]:
    """Read ``name=value`` pairs; a piece without ``=`` belongs to the value before it."""
    found: dict[str, str] = {}
    name = None
    for piece in text.split(","):
        if "=" in piece:
            name, value = piece.split("=", 1)
            found[name] = value
        elif name is not None:
            found[name] += f",{piece}"
        else:
            raise InvalidValueError(
                "the text holds no parameters in the expected form",
                attribute="AlgorithmParameters",
                found=text,
                expected="name=value,name=value",
            )
    return found
