"""The lazy façade: where its names come from, and what it says when a family is missing."""

import ast
import importlib
import pkgutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import iodkit
from iodkit._families import FACADES, FAMILIES, distribution_for
from iodkit.errors import MissingDependencyError

SOURCE = Path(iodkit.__file__)


def declared():
    """Names that the façade shows to type checkers, by module."""
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    block = next(
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    return {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_type_checkers_and_run_time_see_the_same_names():
    names = declared()
    modules = {name for name, home in names.items() if home == "iodkit"}
    assert modules == iodkit._MODULES
    homes = {name: home for name, home in names.items() if home != "iodkit"}
    assert homes == iodkit._HOME_OF
    of_families = set(FACADES) | {name for n in iodkit._FAMILY_HOMES.values() for name in n}
    assert set(iodkit.__all__) == (set(names) | {"__version__"}) - of_families
    assert len(iodkit.__all__) == len(set(iodkit.__all__))


def test_every_public_module_is_offered():
    public = {m.name for m in pkgutil.iter_modules(iodkit.__path__) if not m.name.startswith("_")}
    assert public == iodkit._MODULES


@pytest.mark.parametrize("home", sorted(iodkit._HOMES))
def test_names_come_from_their_homes(home):
    module = importlib.import_module(home)
    for name in iodkit._HOMES[home]:
        assert getattr(iodkit, name) is getattr(module, name)


def test_modules_are_attributes_and_unknown_names_are_attribute_errors():
    assert iodkit.registry is sys.modules["iodkit.registry"]
    assert iodkit.errors is sys.modules["iodkit.errors"]
    with pytest.raises(AttributeError, match="no_such_name"):
        iodkit.no_such_name  # noqa: B018
    with pytest.raises(ImportError, match="no_such_name"):
        exec("from iodkit import no_such_name")


def test_version_is_that_of_the_distribution():
    assert iodkit.__version__ == importlib.metadata.version("iodkit")


def test_the_table_of_families_knows_what_to_install():
    assert distribution_for("1.2.840.10008.5.1.4.1.1.66.4") == "iodkit-seg"
    assert distribution_for("1.2.840.10008.5.1.4.1.1.66.7", "") == "iodkit-seg"
    assert distribution_for("1.2.840.10008.5.1.4.1.1.2", "CT Image Storage") == "iodkit-image"
    assert (
        distribution_for(
            "1.2.840.10008.5.1.4.1.1.1.1", "Digital X-Ray Image Storage - For Presentation"
        )
        == "iodkit-image"
    )
    assert distribution_for("1.2.840.10008.5.1.4.1.1.6.2", "") == "iodkit-image"
    assert distribution_for("1.2.840.10008.5.1.4.1.1.104.1", "Encapsulated PDF Storage") is None
    assert distribution_for("1.2.3") is None


def run(code: str, *packages: tuple[Path, str]) -> subprocess.CompletedProcess[str]:
    """Run code where the families are those that are given, and no others."""
    preamble = f"""
    import sys
    from importlib.machinery import PathFinder

    class OnlyThese(PathFinder):
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name in {sorted(family.package for family in FAMILIES)!r}:
                path = {[str(folder) for folder, _ in packages]!r}
            return PathFinder.find_spec(name, path, target)

    sys.meta_path = [OnlyThese if each is PathFinder else each for each in sys.meta_path]
    """
    for folder, text in packages:
        package = folder / "iodkit_seg"
        package.mkdir()
        (package / "__init__.py").write_text(text)
    program = textwrap.dedent(preamble) + textwrap.dedent(code)
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("statement", "distribution"),
    [
        ("import iodkit.seg", "iodkit-seg"),
        ("from iodkit.seg import Segmentation", "iodkit-seg"),
        ("from iodkit import seg", "iodkit-seg"),
        ("import iodkit as ik; ik.seg", "iodkit-seg"),
        ("import iodkit as ik; ik.image.Image", "iodkit-image"),
        ("import iodkit as ik; ik.Image", "iodkit-image"),
        ("from iodkit import imread", "iodkit-image"),
        ("from iodkit import get_volume_from_series", "iodkit-image"),
    ],
)
def test_a_missing_family_says_what_to_install(statement, distribution):
    result = run(
        f"""
        try:
            {statement}
        except ImportError as error:
            import iodkit
            assert type(error) is iodkit.MissingDependencyError, repr(error)
            print(error)
        """
    )
    assert result.stderr == ""
    assert f"pip install {distribution}" in result.stdout


def test_a_missing_module_inside_a_family_surfaces_as_it_is(tmp_path):
    body = "__all__ = ['x']\nfrom iodkit_seg import no_such_part\n"
    for text, missing in (
        ("import no_such_module_at_all", "no_such_module_at_all"),
        ("import iodkit_seg.part", "iodkit_seg.part"),
    ):
        folder = tmp_path / missing
        folder.mkdir()
        result = run("import iodkit.seg", (folder, text))
        assert "ModuleNotFoundError" in result.stderr
        assert f"'{missing}'" in result.stderr
        assert "pip install" not in result.stderr
    folder = tmp_path / "plain"
    folder.mkdir()
    result = run("import iodkit.seg", (folder, body))
    assert "ImportError: cannot import name 'no_such_part'" in result.stderr


def test_a_facade_shows_what_its_family_declares(tmp_path):
    body = """
__all__ = ["Thing"]
hidden = 1
def __getattr__(name):
    if name == "Thing":
        return 42
    raise AttributeError(name)
"""
    result = run(
        "import iodkit as ik\nfrom iodkit.seg import Thing\n"
        "assert ik.seg.Thing == Thing == 42\nassert not hasattr(ik.seg, 'hidden')\nprint('fine')",
        (tmp_path, body),
    )
    assert result.stdout == "fine\n", result.stderr


def test_listing_names_works_without_families():
    result = run(
        "import iodkit\nnames = dir(iodkit)\nassert 'PluginError' in names\n"
        "assert 'seg' not in names, names\nassert 'Image' not in names\nprint('fine')"
    )
    assert result.stdout == "fine\n", result.stderr


def test_the_error_is_an_import_error_with_the_packages_name():
    from iodkit._families import explain_absence

    with pytest.raises(MissingDependencyError) as caught:
        explain_absence("seg", ModuleNotFoundError("x", name="iodkit_seg"))
    assert isinstance(caught.value, ImportError)
    assert caught.value.name == "iodkit_seg"
    other = ModuleNotFoundError("x", name="iodkit_seg.sop")
    with pytest.raises(ModuleNotFoundError) as caught:
        explain_absence("seg", other)
    assert caught.value is other
