"""The pytest class that the tests of a plugin inherit."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

import pytest

from iodkit.errors import MissingDependencyError
from iodkit.testing.conformance import objects, registration, validity
from iodkit.testing.conformance.cases import ConformanceCase, cases_of, check_cases
from iodkit.testing.conformance.imports import check_imports

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["IODConformance"]


class IODConformance:
    """Tests that every IOD has to pass; inherit, and set `sop_class_uid`.

    Attributes
    ----------
    sop_class_uid : str
        SOP class that is tested.
    """

    sop_class_uid: ClassVar[str]

    @classmethod
    def cases(cls) -> Iterable[ConformanceCase]:
        """Give the cases; by default those of the hook ``iodkit_conformance_cases``.

        Returns
        -------
        Iterable[ConformanceCase]
            The cases.
        """
        return cases_of(cls.sop_class_uid)

    @pytest.fixture
    def all_cases(self) -> tuple[ConformanceCase, ...]:
        """tuple[ConformanceCase, ...]: Cases that the tests run."""
        cases = tuple(self.cases())
        check_cases(self.sop_class_uid, cases)
        return cases

    def test_registration(self) -> None:
        """The SOP class is registered, with its keyword and a class that can be imported."""
        registration.check_registration(self.sop_class_uid)

    def test_hooks(self) -> None:
        """The plugin's hooks give records whose references lead somewhere."""
        registration.check_hooks(self.sop_class_uid)

    def test_imports(self) -> None:
        """Finding and looking up the plugin loads nothing heavy, and no other family."""
        check_imports(self.sop_class_uid)

    def test_round_trip(self, all_cases: tuple[ConformanceCase, ...]) -> None:
        """Objects survive files."""
        for case in all_cases:
            objects.check_round_trip(self.sop_class_uid, case)

    def test_copies(self, all_cases: tuple[ConformanceCase, ...]) -> None:
        """Objects survive copy, deepcopy and pickle."""
        for case in all_cases:
            objects.check_copies(self.sop_class_uid, case)

    def test_json(self, all_cases: tuple[ConformanceCase, ...]) -> None:
        """Objects survive JSON."""
        for case in all_cases:
            objects.check_json(self.sop_class_uid, case)

    def test_determinism(self, all_cases: tuple[ConformanceCase, ...]) -> None:
        """The same input gives the same bytes under fixed defaults."""
        for case in all_cases:
            objects.check_determinism(self.sop_class_uid, case)

    def test_inputs_untouched(self, all_cases: tuple[ConformanceCase, ...]) -> None:
        """Inputs stay as they are."""
        for case in all_cases:
            objects.check_inputs_untouched(self.sop_class_uid, case)

    def test_bad_calls(self, all_cases: tuple[ConformanceCase, ...]) -> None:
        """Wrong arguments are refused by name."""
        for case in all_cases:
            objects.check_bad_calls(self.sop_class_uid, case)

    def test_rules(self, all_cases: tuple[ConformanceCase, ...]) -> None:
        """Objects keep the rules that plugins bring."""
        for case in all_cases:
            validity.check_rules(self.sop_class_uid, case)

    def test_dciodvfy(self, all_cases: tuple[ConformanceCase, ...]) -> None:
        """An independent program finds no error."""
        for case in all_cases:
            try:
                validity.check_dciodvfy(self.sop_class_uid, case)
            except MissingDependencyError as error:
                if os.environ.get("IODKIT_REQUIRE_REFEREES") == "1":
                    raise
                pytest.skip(str(error))
