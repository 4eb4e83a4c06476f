"""What importing costs, told by what is in `sys.modules` afterwards."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import iodkit

KERNEL = Path(iodkit.__file__).parent
HEAVY = ("numpy", "pydicom")


def modules_after(code: str) -> set[str]:
    program = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True
    )
    return set(json.loads(result.stdout.splitlines()[-1]))


def test_import_iodkit_loads_nothing_else():
    loaded = modules_after("import iodkit")
    assert {name for name in loaded if name.startswith("iodkit")} == {"iodkit"}
    assert loaded.isdisjoint(
        {*HEAVY, "pluggy", "importlib_metadata", "importlib.metadata", "dataclasses", "enum"}
        - modules_after("import typing, site")
    )


def test_a_look_up_loads_neither_numpy_nor_pydicom_nor_an_implementation():
    loaded = modules_after(
        "from iodkit.registry import registry\n"
        "registry.lookup('1.2.840.10008.5.1.4.1.1.66.4')\n"
        "registry.entries(); registry.problems(); registry.commands(); registry.rules('1.2')"
    )
    assert loaded.isdisjoint(HEAVY)
    families = {name for name in loaded if name.startswith("iodkit_")}
    assert {name.rpartition(".")[2] for name in families if "." in name} <= {
        "_plugin",
        "_sop_classes",
    }


def test_the_command_loads_neither_numpy_nor_pydicom():
    loaded = modules_after(
        "from iodkit.cli import main\n"
        "assert main(['plugins']) == 0\n"
        "assert main(['--version']) == 0"
    )
    assert loaded.isdisjoint(HEAVY)


def test_errors_and_enumerations_load_neither_numpy_nor_pydicom():
    loaded = modules_after("import iodkit\niodkit.PluginError, iodkit.AxisHandedness, dir(iodkit)")
    assert loaded.isdisjoint(HEAVY)
    assert not {name for name in loaded if name.startswith("iodkit_")}


@pytest.mark.parametrize("package", ["iodkit_image", "iodkit_seg"])
def test_a_familys_package_is_lazy(package):
    pytest.importorskip(package)
    loaded = modules_after(f"import {package}, {package}._plugin; dir({package})")
    assert loaded.isdisjoint(HEAVY)


def test_only_the_facades_name_a_family():
    facades = ("image", "seg", "sr", "ko")
    allowed = {KERNEL / "_families.py", *(KERNEL / f"{family}.py" for family in facades)}
    pattern = re.compile(r"\biodkit[_-](image|seg|pm|sc|pr|sr|ko|ann|legacy)\b")
    # Docstrings may show an example; code may not.
    naming = {
        path
        for path in KERNEL.rglob("*.py")
        if any(pattern.search(line) for line in code_lines(path))
    }
    assert naming <= allowed
    assert allowed <= naming


def code_lines(path: Path) -> list[str]:
    """The source without docstrings and comments."""
    import ast

    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value = ast.Constant(value=None)
    return ast.unparse(tree).splitlines()
