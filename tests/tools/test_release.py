"""Bumping versions, changelog fragments and the lock file's addresses."""

import pytest
from tools import bump, fragments, lockfile

PYPROJECT = """\
[project]
name = "iodkit-seg"
version = "0.1.0"
dependencies = ["iodkit>=0.1,<1", "iodkit-image>=0.1,<1", "numpy>=1.26"]
"""


@pytest.mark.parametrize(
    ("version", "wanted"),
    [("0.2.0", ">=0.2,<1"), ("1.4.2", ">=1.4,<2"), ("2.0.0rc1", ">=2.0.0rc1,<3")],
)
def test_pins(version, wanted):
    assert bump.pin_range(version) == wanted


@pytest.mark.parametrize("version", ["1.2", "v1.2.3", "1.2.3+local", ""])
def test_what_is_no_version(version):
    with pytest.raises(bump.BumpError, match="no version such as"):
        bump.pin_range(version)


def test_own_pins_move_and_others_stay(tmp_path):
    (tmp_path / "plugins/seg").mkdir(parents=True)
    root, seg = tmp_path / "pyproject.toml", tmp_path / "plugins/seg/pyproject.toml"
    root.write_text('[project]\nname = "iodkit"\nversion = "0.1.0"\n')
    seg.write_text(PYPROJECT)
    assert bump.main(["1.0.0", "--root", str(tmp_path)]) == 0
    assert 'version = "1.0.0"' in root.read_text()
    assert '"iodkit>=1.0,<2", "iodkit-image>=1.0,<2", "numpy>=1.26"' in seg.read_text()


def test_a_bad_file_leaves_all_files_alone(tmp_path, capsys):
    (tmp_path / "plugins/seg").mkdir(parents=True)
    root = tmp_path / "pyproject.toml"
    root.write_text(PYPROJECT)
    (tmp_path / "plugins/seg/pyproject.toml").write_text("[project]\ndynamic = ['version']\n")
    assert bump.main(["1.0.0", "--root", str(tmp_path)]) == 2
    assert "no static version" in capsys.readouterr().err
    assert root.read_text() == PYPROJECT


def test_fragments(tmp_path):
    for name, text in {
        "12.added.md": "New.",
        "+orphan.fixed.md": "Mended.",
        "README.md": "",
        "13.added.md": " ",
        "14.novel.md": "What?",
        "fifteen.md": "Who?",
    }.items():
        (tmp_path / name).write_text(text)
    found = fragments.problems(tmp_path, {"added", "fixed"})
    assert [line.partition(":")[0] for line in found] == [
        "13.added.md",
        "14.novel.md",
        "fifteen.md",
    ]


def test_the_lock_file_may_name_the_public_index_only():
    text = """
[[package]]
name = "numpy"
source = { registry = "https://pypi.org/simple" }
sdist = { url = "https://files.pythonhosted.org/numpy.tar.gz", hash = "sha256:0" }
[[package]]
name = "private"
source = { registry = "https://mirror.example/simple" }
wheels = [{ url = "http://files.pythonhosted.org/private.whl" }]
"""
    assert lockfile.strangers(text) == [
        "http://files.pythonhosted.org/private.whl",
        "https://mirror.example/simple",
    ]
