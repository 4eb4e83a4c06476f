"""No registered class is left out, each family's tests run the kit, and a third party passes it."""

import ast
from pathlib import Path

import pytest

from iodkit.registry import registry
from iodkit.testing import conformance
from iodkit.testing.conformance import suite

ROOT = Path(__file__).parents[2]


def classes_under_test():
    """SOP classes of the subclasses of `IODConformance` in the families' tests."""
    for path in ROOT.glob("plugins/*/tests/test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and "IODConformance" in map(ast.unparse, node.bases):
                (uid,) = [
                    ast.literal_eval(s.value)
                    for s in node.body
                    if isinstance(s, ast.Assign) and ast.unparse(s.targets[0]) == "sop_class_uid"
                ]
                yield uid


def test_no_registered_class_is_left_out():
    assert conformance.uncovered_sop_classes(registry) == ()


def test_every_case_is_run_by_the_tests_of_its_family():
    with_cases = {
        e.sop_class_uid for e in registry.entries() if registry.conformance(e.sop_class_uid)
    }
    assert with_cases == set(classes_under_test())


@pytest.fixture
def acme(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tests/thirdparty/acme-iod/src"))
    from acme_iod import _plugin

    registry.register(_plugin, name="acme")
    yield _plugin.UID
    registry.unregister("acme")


def test_the_third_party_example_conforms(acme, monkeypatch):
    # It is not installed here; the environment tests look at its imports.
    light = tuple(c for c in suite.CLASS_CHECKS if c is not conformance.check_imports)
    monkeypatch.setattr(suite, "CLASS_CHECKS", light)
    report = conformance.check_all(acme)
    report.raise_for_failures()
    assert len(report.outcomes) > len(suite.CASE_CHECKS)
