"""Lengths, the table of errors, the table of SOP classes, and the cells of the matrix."""

import argparse
import textwrap

import pytest
from tools import errors_page, generate_image_sop_classes, lengths, matrix

from iodkit import errors


def write(root, body):
    (root / "src").mkdir(exist_ok=True)
    (root / "src/module.py").write_text(textwrap.dedent(body))


def test_docstrings_and_parameters_do_not_count(tmp_path):
    write(
        tmp_path,
        '''
        class Thing:
            def act(
                self,
                first,
                second,
            ):
                """Explain.

                At length.
                """
                return [
                    first,
                    second,
                ]
        ''',
    )
    module, functions = lengths.measure(tmp_path / "src/module.py", "module.py")
    assert module.lines == 15
    assert [(f.where, f.lines) for f in functions] == [("module.py:3 Thing.act", 4)]


@pytest.mark.parametrize(
    ("statements", "blank", "status"),
    [(60, 0, 0), (61, 0, 1), (3, 590, 0), (3, 600, 1)],
)
def test_limits(tmp_path, capsys, statements, blank, status):
    lines = ["def act():", *["    x = 1"] * statements, *[""] * blank, "y = 2", ""]
    write(tmp_path, "\n".join(lines))
    assert lengths.main(["--root", str(tmp_path), "--shown", "0"]) == status
    assert ("too long: src/module.py" in capsys.readouterr().err) is bool(status)


def test_the_table_of_errors_has_every_class(tmp_path, monkeypatch):
    page = tmp_path / "errors.md"
    monkeypatch.setattr(errors_page, "PAGE", page)
    assert errors_page.main(["--check"]) == 1
    assert errors_page.main([]) == 0
    assert errors_page.main(["--check"]) == 0
    rows = [line for line in page.read_text().splitlines() if line.startswith("| ")]
    for name in errors.__all__:
        assert sum(f"`{name}`" in row for row in rows) == 1, name
    page.write_text(page.read_text() + "edited")
    assert errors_page.main(["--check"]) == 1


def test_the_table_of_sop_classes_is_what_the_generator_writes():
    classes = generate_image_sop_classes.collect()
    written = generate_image_sop_classes.TARGET.read_text()
    namespace: dict[str, tuple[tuple[str, str, str], ...]] = {}
    exec(generate_image_sop_classes.render(classes), namespace)
    assert namespace["SOP_CLASSES"] == tuple(map(tuple, classes))
    listed = {each.uid for each in classes}
    missing = [uid for uid in listed if f'"{uid}"' not in written]
    assert missing == []


def test_cells():
    cell = matrix.Cell.parse("3.12:3.0.1")
    assert (cell.requirement, str(cell)) == ("pydicom==3.0.1", "Python 3.12, pydicom 3.0.1")
    assert matrix.Cell.parse("3.13:newest").requirement == matrix.PYDICOM_RANGE
    with pytest.raises(argparse.ArgumentTypeError):
        matrix.Cell.parse("3.12")


def test_the_newest_patch_of_pyenv(tmp_path):
    for version in ("3.12.9", "3.12.10", "3.12.x", "3.11.12"):
        (tmp_path / f"versions/{version}/bin").mkdir(parents=True)
        (tmp_path / f"versions/{version}/bin/python").touch()
    (tmp_path / "versions/3.12.11").mkdir()
    found = matrix.pyenv_interpreter("3.12", tmp_path)
    assert found == tmp_path / "versions/3.12.10/bin/python"
    assert matrix.pyenv_interpreter("3.14", tmp_path) is None


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [(["ok", "ok"], 0), (["ok", "FAILED"], 1), (["skipped: x", "ok"], 0), (["skipped: x"] * 2, 1)],
)
def test_the_matrix_sums_up(monkeypatch, verdicts, status):
    answers = iter(verdicts)
    monkeypatch.setattr(matrix, "run", lambda *_: next(answers))
    assert matrix.main(["3.11:3.0.1", "3.12:newest"]) == status
