"""Identification of the person who created content: PS3.3 10.1, Person Identification Macro."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydicom.dataset import Dataset

from iodkit.coding import CodedConcept, to_code, to_codes
from iodkit.content.macros import ItemSequence, is_empty, set_text
from iodkit.elements import check_string
from iodkit.errors import InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.sr.coding import Code

__all__ = ["ContentCreatorIdentificationCodeSequence"]


class ContentCreatorIdentificationCodeSequence(ItemSequence):
    """Who created the content (PS3.3 Table 10-1).

    Parameters
    ----------
    person_identification_codes : Sequence[pydicom.sr.coding.Code | CodedConcept]
        Codes that identify the person, usually in a private coding scheme; at least one.
    institution_name : str
        Institution to which the person is responsible, at most 64 characters.
    person_address : str | None, optional
        Mailing address of the person.
    person_telephone_numbers : Sequence[str] | None, optional
        Telephone numbers, each of at most 16 characters.
    person_telecom_information : str | None, optional
        How to reach the person by other means.
    institution_code : pydicom.sr.coding.Code | CodedConcept | None, optional
        Code of the institution.
    institution_address : str | None, optional
        Mailing address of the institution.
    institutional_department_name : str | None, optional
        Department to which the person belongs.
    institutional_department_type_code : pydicom.sr.coding.Code | CodedConcept | None, optional
        Kind of department, from context group 7030.

    Raises
    ------
    InvalidTypeError
        If a code is no code, or a text no string.
    InvalidValueError
        If there is no code for the person, or a text is empty or too long.
    """

    _required: ClassVar[tuple[str, ...]] = ("PersonIdentificationCodeSequence",)
    _clause: ClassVar[str | None] = "PS3.3 Table 10-1"

    def __init__(
        self,
        person_identification_codes: Sequence[Code | CodedConcept],
        institution_name: str,
        person_address: str | None = None,
        person_telephone_numbers: Sequence[str] | None = None,
        person_telecom_information: str | None = None,
        institution_code: Code | CodedConcept | None = None,
        institution_address: str | None = None,
        institutional_department_name: str | None = None,
        institutional_department_type_code: Code | CodedConcept | None = None,
    ) -> None:
        item = Dataset()
        codes = to_codes(person_identification_codes, "person_identification_codes")
        if not codes:
            raise InvalidValueError(
                "no code identifies the person",
                attribute="PersonIdentificationCodeSequence",
                expected="at least one code",
                clause=self._clause,
            )
        item.PersonIdentificationCodeSequence = codes
        item.InstitutionName = check_string(institution_name, "LO", "InstitutionName")
        set_text(item, "PersonAddress", "ST", person_address)
        if person_telephone_numbers is not None:
            item.PersonTelephoneNumbers = _check_numbers(person_telephone_numbers)
        set_text(item, "PersonTelecomInformation", "LT", person_telecom_information)
        set_text(item, "InstitutionAddress", "ST", institution_address)
        set_text(item, "InstitutionalDepartmentName", "LO", institutional_department_name)
        for keyword, code in (
            ("InstitutionCodeSequence", institution_code),
            ("InstitutionalDepartmentTypeCodeSequence", institutional_department_type_code),
        ):
            if code is not None:
                setattr(item, keyword, [to_code(code, keyword)])
        super().__init__([item])

    @property
    def person_identification_codes(self) -> list[CodedConcept]:
        """Codes that identify the person."""
        return [
            CodedConcept.from_dataset(code, copy=False)
            for code in self[0].PersonIdentificationCodeSequence
        ]

    @property
    def institution_name(self) -> str | None:
        """Institution to which the person is responsible, if it is given by name."""
        return None if is_empty(self[0], "InstitutionName") else str(self[0].InstitutionName)


def _check_numbers(numbers: Sequence[str]) -> list[str]:
    if isinstance(numbers, str):
        raise InvalidTypeError(
            "one text was given where a sequence is needed",
            attribute="PersonTelephoneNumbers",
            found=numbers,
            expected="a sequence of strings",
        )
    return [check_string(number, "SH", "PersonTelephoneNumbers") for number in numbers]
