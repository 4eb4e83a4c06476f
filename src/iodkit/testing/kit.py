"""The conformance kit: what every implementation of an IOD must do, as plain check functions.

A plugin, ours or anybody's, names its cases with the hook ``iodkit_conformance_cases``.
:func:`check_all` runs every check on every case of a SOP class; each check can be called alone,
and raises `AssertionError` with what is wrong.
"""

from __future__ import annotations

import copy
import datetime as dt
import io
import pickle
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import iodkit.registry
from iodkit.context import SeededUIDs, defaults
from iodkit.dataset import SOPClass, read
from iodkit.errors import IodkitError, NotFoundError
from iodkit.registry import load_reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = [
    "CHECKS",
    "BadCall",
    "ConformanceCase",
    "cases_of",
    "check_all",
    "check_bad_calls",
    "check_determinism",
    "check_import",
    "check_inputs",
    "check_registration",
    "check_round_trip",
    "check_rules",
    "check_twins",
    "uncovered_sop_classes",
]

_HEAVY = ("numpy", "pydicom")
_MOMENT = dt.datetime(2024, 2, 29, 12, 0, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class BadCall:
    """A call that must be refused.

    Parameters
    ----------
    call : Callable[[], object]
        The call.
    names : str
        What the error must name: the parameter or attribute at fault.
    """

    call: Callable[[], object]
    names: str


@dataclass(frozen=True, slots=True)
class ConformanceCase:
    """One way to make an object of a SOP class.

    Parameters
    ----------
    name : str
        What tells the case from others.
    sop_class_uid : str
        SOP class of the object.
    make : Callable[..., SOPClass]
        Makes the object of what `inputs` gives.
    inputs : Callable[[], tuple]
        Makes the arguments of `make`, new ones at each call.
    bad_calls : tuple[BadCall, ...]
        Calls that must be refused.
    """

    name: str
    sop_class_uid: str
    make: Callable[..., SOPClass]
    inputs: Callable[[], tuple[Any, ...]] = tuple
    bad_calls: tuple[BadCall, ...] = field(default=())

    def object(self) -> SOPClass:
        """Make the object with a fixed clock and seeded identifiers."""
        with defaults(clock=lambda: _MOMENT, uid_generator=SeededUIDs(self.name)):
            return self.make(*self.inputs())


def cases_of(sop_class_uid: str) -> list[ConformanceCase]:
    """Load the cases that plugins bring for a SOP class.

    Parameters
    ----------
    sop_class_uid : str
        SOP class.

    Returns
    -------
    list[ConformanceCase]
        The cases.

    Raises
    ------
    NotFoundError
        If no plugin brings any.
    """
    entries = iodkit.registry.registry.conformance(sop_class_uid)
    cases = [case for entry in entries for case in _load(entry.reference)]
    own = [case for case in cases if case.sop_class_uid == sop_class_uid]
    if not own:
        raise NotFoundError(
            "no plugin brings conformance cases for this SOP class",
            found=sop_class_uid,
            remedy="Return ConformanceEntry records from the hook iodkit_conformance_cases.",
        )
    return own


def _load(reference: str) -> Iterable[ConformanceCase]:
    factory: Any = load_reference(reference)
    return list(factory())


def check_registration(case: ConformanceCase) -> None:
    """The registry names the class, and the class is what the case makes."""
    entry = iodkit.registry.registry.lookup(case.sop_class_uid)
    assert entry is not None, f"no plugin registers {case.sop_class_uid}"
    implementation = iodkit.registry.registry.implementation(case.sop_class_uid)
    assert isinstance(implementation, type), f"{entry.implementation} is no class"
    assert issubclass(implementation, SOPClass), f"{implementation} is no iodkit.SOPClass"
    made = case.object()
    assert type(made) is implementation, f"{case.name} makes {type(made)}, not {implementation}"
    assert made.SOPClassUID == case.sop_class_uid, f"SOPClassUID is {made.SOPClassUID}"


def check_import(case: ConformanceCase) -> None:
    """Looking the class up imports neither numpy nor pydicom, nor another family's classes."""
    code = (
        "import sys, iodkit.registry\n"
        f"entry = iodkit.registry.registry.lookup({case.sop_class_uid!r})\n"
        f"print(*[name for name in {_HEAVY!r} if name in sys.modules])\n"
        "print(*[p.name for p in iodkit.registry.registry.plugins() if p.problems])"
    )
    command = [sys.executable, "-W", "ignore", "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert result.returncode == 0, result.stderr
    heavy, problems = result.stdout.split("\n")[:2]
    assert not heavy, f"looking up {case.sop_class_uid} imports {heavy}"
    assert not problems, f"plugins with problems: {problems}"


def check_round_trip(case: ConformanceCase) -> None:
    """What is written is read as the same class with the same elements and the same bytes."""
    made = case.object()
    data = _bytes(made)
    back = read(data)
    assert type(back) is type(made), f"read as {type(back)}, not {type(made)}"
    assert back == made, f"{_differences(made, back)} differ after reading"
    assert _bytes(back) == data, "writing what was read gives other bytes"


def check_twins(case: ConformanceCase) -> None:
    """Pickles, copies and JSON give equal objects of the same class that are their own."""
    made = case.object()
    ways: dict[str, Callable[[], Any]] = {
        "pickle": lambda: pickle.loads(pickle.dumps(made)),  # noqa: S301
        "copy": lambda: copy.copy(made),
        "deepcopy": lambda: copy.deepcopy(made),
        "JSON": lambda: type(made).from_json(made.to_json()),
        "from_dataset": lambda: type(made).from_dataset(made),
    }
    for way, make in ways.items():
        twin = make()
        assert type(twin) is type(made), f"{way} gives {type(twin)}"
        assert twin == made, f"{way}: {_differences(made, twin)} differ"
        twin.StationName = "twin"
        assert made.get("StationName") != "twin", f"{way} shares its elements with the original"


def check_determinism(case: ConformanceCase) -> None:
    """With a fixed clock and seeded identifiers the same input gives the same bytes."""
    assert _bytes(case.object()) == _bytes(case.object()), "the same input gives other bytes"


def check_inputs(case: ConformanceCase) -> None:
    """Arguments are not changed, neither by making the object nor by editing it."""
    inputs, before = case.inputs(), case.inputs()
    made = case.make(*inputs)
    made.PatientName = "Changed^Afterwards"
    assert _same(inputs, before), "an argument was changed"


def check_bad_calls(case: ConformanceCase) -> None:
    """Wrong calls raise an error of iodkit that names what is at fault."""
    for number, bad in enumerate(case.bad_calls, 1):
        try:
            bad.call()
        except IodkitError as error:
            if bad.names not in str(error):
                text = f"bad call {number}: {error} does not name {bad.names}"
                raise AssertionError(text) from error
        else:
            raise AssertionError(f"bad call {number} ({bad.names}) is accepted")


def check_rules(case: ConformanceCase) -> None:
    """No rule that plugins bring for the SOP class finds an error."""
    made = case.object()
    for rule in iodkit.registry.registry.rules(case.sop_class_uid):
        check: Any = load_reference(rule.reference)
        findings = list(check(made))
        serious = findings if rule.severity == "error" else []
        assert not serious, f"rule {rule.code}: {serious}"


CHECKS: tuple[Callable[[ConformanceCase], None], ...] = (
    check_registration,
    check_import,
    check_round_trip,
    check_twins,
    check_determinism,
    check_inputs,
    check_bad_calls,
    check_rules,
)
"""Every check of the kit."""


def check_all(sop_class_uid: str) -> None:
    """Run every check on every case of a SOP class.

    Parameters
    ----------
    sop_class_uid : str
        SOP class.

    Raises
    ------
    AssertionError
        If a check fails.
    """
    for case in cases_of(sop_class_uid):
        for check in CHECKS:
            check(case)


def uncovered_sop_classes(covered: Iterable[str]) -> list[str]:
    """List SOP classes whose implementation no case makes.

    Parameters
    ----------
    covered : Iterable[str]
        SOP classes that cases were run for.  One class of ours may serve many SOP classes; a
        case for one of them covers it.

    Returns
    -------
    list[str]
        SOP classes without a case.
    """
    found = iodkit.registry.registry.entries()
    wanted = set(covered)
    implementations = {e.implementation for e in found if e.sop_class_uid in wanted}
    return [e.sop_class_uid for e in found if e.implementation not in implementations]


def _bytes(made: SOPClass) -> bytes:
    buffer = io.BytesIO()
    made.save_as(buffer)
    return buffer.getvalue()


def _differences(one: SOPClass, other: SOPClass) -> list[str]:
    tags = sorted({*one.keys(), *other.keys()})
    return [str(t) for t in tags if t not in one or t not in other or one[t] != other[t]]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, (tuple, list)):
        pairs = zip(one, other, strict=True)
        return len(one) == len(other) and all(_same(a, b) for a, b in pairs)
    if hasattr(one, "dtype"):
        return bool((one == other).all())
    return bool(one == other)
