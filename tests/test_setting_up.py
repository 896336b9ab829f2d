"""`make run` and `make test` set themselves up, and say kindly why when they can't."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from pmo_portal.environment import BASE_DIR

NO_VENV = 'import sys; sys.modules["ensurepip"] = None'
OLD_PYTHON = 'import sys; sys.version_info = (3, 9, 2, "final", 0)'
READ_ONLY = "import os; os.access = lambda path, mode: False"
NOTHING = "# no packages\n"
ONE_PACKAGE = f"six==1.17.0 --hash=sha256:{'0' * 64}\n"
NO_SUCH_SERVER = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0"}


@pytest.fixture
def project(tmp_path):
    """A checkout with the set-up script and a lock file that asks for nothing."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(BASE_DIR / "scripts" / "environment.py", tmp_path / "scripts")
    (tmp_path / "requirements.txt").write_text(NOTHING)
    return tmp_path


def set_up(project, pretending="", **environment):
    """Run the script, in a Python that first executes `pretending`."""
    elsewhere = project / "pretending"
    elsewhere.mkdir(exist_ok=True)
    (elsewhere / "sitecustomize.py").write_text(pretending)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return subprocess.run(
        [sys.executable, project / "scripts" / "environment.py", "requirements.txt"],
        env=kept | environment | {"PYTHONPATH": str(elsewhere), "PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
        timeout=120,
    )


def refusal(ended):
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    start = "PMO Front Door can't be set up: "
    assert ended.stderr.startswith(start)
    return ended.stderr.removeprefix(start)


def test_the_environment_is_made_once_and_again_only_when_the_lock_changes(project):
    first = set_up(project)
    assert first.returncode == 0, first.stderr
    assert "Making .venv" in first.stdout
    assert set_up(project).stdout == ""
    (project / "requirements.txt").write_text(f"{NOTHING}# changed\n")
    again = set_up(project).stdout
    assert "Installing 0 packages" in again
    assert "Making" not in again


def test_a_broken_environment_is_made_again(project):
    broken = project / ".venv" / "bin"
    broken.mkdir(parents=True)
    (broken / "python").symlink_to("/nowhere/python3.11")
    assert "Making .venv" in set_up(project).stdout
    assert set_up(project).stdout == ""


def test_an_old_python_is_refused(project):
    said = refusal(set_up(project, OLD_PYTHON))
    assert "is Python 3.9.2, and 3.11 or newer is needed" in said
    assert "PYTHON=python3.12" in said


def test_a_python_without_venv_is_told_the_package(project):
    assert "apt install python3-venv" in refusal(set_up(project, NO_VENV))


def test_no_network_is_said_in_a_sentence(project):
    (project / "requirements.txt").write_text(ONE_PACKAGE)
    assert "the packages can't be fetched" in refusal(set_up(project, **NO_SUCH_SERVER))


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(project):
    said = refusal(set_up(project, READ_ONLY))
    assert f"{project} can't be written to. Copy the project" in said


def pins(lock):
    return set(re.findall(r"^(\S+==\S+)", (BASE_DIR / lock).read_text(), re.MULTILINE))


def test_the_tools_are_locked_with_the_very_packages_that_are_served():
    assert pins("requirements.txt") < pins("requirements-dev.txt")


def test_the_lock_serves_the_first_python_that_is_promised():
    assert "python_full_version < '3.11.3'" in (BASE_DIR / "requirements.txt").read_text()
