"""The scripts that ``python course.py test`` and ``python course.py notebooks`` run."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

import course
from tools import checks, execute_notebooks
from tools.checks import Check, Count, Result
from tools.execute_notebooks import RefusedError

REPORT = """<testsuites><testsuite>
<testcase name="a"/><testcase name="b"/><testcase name="c"><skipped/></testcase>
<testcase name="d"><failure/></testcase><testcase name="e"><error/></testcase>
</testsuite></testsuites>"""


def python(*lines):
    return (sys.executable, "-c", "\n".join(lines))


def test_the_steps_are_those_of_course_py_and_run_with_the_environments_python(tmp_path):
    every = checks.checks(tmp_path, "the-python")
    assert tuple(dict.fromkeys(check.step for check in every)) == course.STEPS
    for check in every:
        assert check.command[0] == "the-python"
        assert (check.report is None) == ("pytest" not in check.command)


def test_all_browser_tests_are_where_their_step_looks():
    named = re.compile(r"needs_browser|IN_A_BROWSER|mark\.browser")
    tests = set((course.ROOT / "tests").rglob("test_*.py")) - {Path(__file__)}
    marked = {path for path in tests if named.search(path.read_text("utf-8"))}
    looked_at = {path for folder in checks.BROWSER for path in (course.ROOT / folder).iterdir()}
    assert len(marked) >= 10
    assert marked <= looked_at


@pytest.mark.parametrize(
    ("report", "status", "count"),
    [
        (None, 0, Count(1, 0)),
        (None, 2, Count(0, 1)),
        (REPORT, 1, Count(2, 2, 1)),
        ('<testsuites><testcase name="a"/></testsuites>', 0, Count(1, 0)),
        ('<testsuites><testcase name="a"/></testsuites>', 1, Count(1, 1)),  # a crash at the end
        ("", 5, Count(0, 1)),  # no test found, or a crash
    ],
)
def test_counting(tmp_path, report, status, count):
    path = None if report is None else tmp_path / "report.xml"
    if report:
        path.write_text(report)
    check = Check("unit", "unit", python(f"raise SystemExit({status})"), path)
    assert checks.run_check(check) == count


def test_a_skipped_browser_step_is_reported(monkeypatch, capsys):
    monkeypatch.setattr(checks, "find_chromium", lambda: None)
    check = Check("browser", "browser tests", python("raise SystemExit(1)"))
    assert checks.run_check(check) == Count(0, 0, 1)
    assert "no Chromium" in capsys.readouterr().out


def test_the_last_line_is_the_sum(capsys):
    results = [Result("mypy", Count(1, 0), 2.0), Result("browser tests", Count(3, 2, 4), 5.0)]
    assert checks.summarise(results) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "4 passed, 2 failed"
    assert lines[-2].startswith("FAILED browser tests")
    assert lines[-2].endswith("3 passed, 2 failed, 4 skipped")
    assert checks.summarise(results[:1]) == 0


def test_a_check_beside_the_others_runs_at_the_same_time_and_is_shown_at_the_end(tmp_path, capfd):
    met = str(tmp_path / "met")
    waits = python(
        "import os, time",
        "end = time.monotonic() + 60",
        f"while not os.path.exists({met!r}) and time.monotonic() < end: time.sleep(0.01)",
        f"raise SystemExit(not os.path.exists({met!r}))",
    )
    finds = python(f"open({met!r}, 'w').close()", "print('found')", "raise SystemExit(3)")
    beside = Check("types", "mypy", finds, beside=True)
    others = Check("unit", "tests", waits), Check("lint", "ruff", python("print('clean')"))
    results = checks.run_all([others[0], beside, others[1]])
    assert [(one.heading, one.tests.failed) for one in results] == [
        ("tests", 0), ("mypy", 1), ("ruff", 0)
    ]  # fmt: skip
    words = capfd.readouterr().out.split()
    assert words.index("clean") < words.index("found")
    assert checks.run_all([beside])[0].tests.failed == 1  # beside nothing: at once
    assert "found" in capfd.readouterr().out


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(execute_notebooks, "FOLDER", tmp_path)
    return tmp_path


def put(folder, *cells):
    path = folder / "00_a.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(cell) for cell in cells]), path)
    return path


def test_notebooks_are_found_by_the_start_of_their_names(folder):
    for name in ("00_a", "01_b", "02_c", "02_c.mine-1", "scratch"):
        (folder / f"{name}.ipynb").touch()
    named = [path.name for path in execute_notebooks.find(["01", "notebooks/02_c.ipynb"])]
    assert named == ["01_b.ipynb", "02_c.ipynb"]
    assert len(execute_notebooks.find([])) == 3
    with pytest.raises(RefusedError, match="no notebook 07"):
        execute_notebooks.find(["07"])


def test_a_notebook_is_stored_executed_and_tidy(folder):
    path = put(folder, "import os", "x = 6 * 7", "x")
    execute_notebooks.refresh(path)
    first = path.read_bytes()
    cells = nbformat.reads(first.decode(), as_version=4).cells
    assert [cell.execution_count for cell in cells] == [1, 2, 3]
    assert cells[2].outputs[0].data == {"text/plain": "42"}
    assert b'execution"' not in first
    assert b"iopub" not in first
    execute_notebooks.refresh(path)
    assert path.read_bytes() == first
    assert list(folder.iterdir()) == [path]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import sys\nprint('careful', file=sys.stderr)", "wrote to stderr: careful"),
        ("import os\nprint(os.path.expanduser('~'))", "a folder of this machine"),
    ],
)
def test_a_notebook_with_a_fault_is_refused(folder, cell, words):
    path = put(folder, cell)
    before = path.read_bytes()
    with pytest.raises(RefusedError, match=words):
        execute_notebooks.refresh(path)
    assert path.read_bytes() == before


def test_tidying_keeps_the_text_of_a_widget():
    data = {"text/plain": "Pad()", execute_notebooks.WIDGET: {"model_id": "1f"}}
    cell = new_code_cell(outputs=[new_output("display_data", data)])
    cell.metadata = {"execution": {"iopub.status.busy": "now"}, "tags": ["keep"]}
    notebook = new_notebook(cells=[cell], metadata={"widgets": {}})
    execute_notebooks.tidy(notebook)
    assert notebook.cells[0].outputs[0].data == {"text/plain": "Pad()"}
    assert notebook.cells[0].metadata == {"tags": ["keep"]}
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


def test_tidying_takes_away_what_shows_nothing():
    asleep = '<style></style><div class="hwr-last" hidden="hidden"></div>'
    shown = ["", "<pre></pre>", asleep, "<b>7</b>", '<img alt="a seven" src="data:">']
    outputs = [new_output("display_data", {"text/html": html}) for html in shown]
    notebook = new_notebook(cells=[new_code_cell(outputs=outputs)])
    execute_notebooks.tidy(notebook)
    assert [output.data["text/html"] for output in notebook.cells[0].outputs] == shown[3:]


def test_without_emnist_no_notebook_is_stored(monkeypatch, capsys):
    monkeypatch.setattr("hwr.datasets.archive.first_archive", lambda: None)
    assert execute_notebooks.main([]) == 1
    assert "HWR_EMNIST" in capsys.readouterr().err


def test_ci_script_is_valid():
    script = course.ROOT / ".ci" / "run"
    if sys.platform != "win32":
        assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
        assert script.stat().st_mode & 0o111
    assert "set -euo pipefail" in script.read_text()


def test_no_check_uses_the_network_and_notebooks_cannot(tmp_path):
    code = python("import os", "raise SystemExit(os.environ['HWR_OFFLINE'] != '1')")
    assert checks.run_check(Check("lint", "lint", code)) == Count(1, 0)
    steps = [check for check in checks.checks(tmp_path) if check.step == "notebooks"]
    stored, solved = (check for check in steps if check.report)
    assert "HWR_EMNIST" not in stored.environment
    assert solved.environment["HWR_EMNIST"] is None
    code = python(
        "import os, socket",
        "assert 'HWR_OFFLINE' not in os.environ",
        "try: socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "except OSError as error: raise SystemExit('cut off' not in str(error))",
    )
    check = Check("notebooks", "notebooks", code, environment=stored.environment)
    assert checks.run_check(check) == Count(1, 0)


def test_figures_that_tests_recorded_are_shown(tmp_path, capsys):
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuite><testcase name="a"><properties><property name="p95, ms" value="14.2"/>'
        '</properties></testcase><testcase name="b"/></testsuite>'
    )
    assert checks.read_figures(report) == ["p95, ms: 14.2"]
    assert checks.read_figures(tmp_path / "none.xml") == []
    checks.summarise([Result("tests", Count(2, 0), 1.0, ["p95, ms: 14.2"])])
    assert "\np95, ms: 14.2\n" in capsys.readouterr().out
