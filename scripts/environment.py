"""Make .venv and keep it in step with a lock file. Works before anything is installed.

Usage: environment.py requirements.txt

It runs under any Python 3, so that an old one gets a sentence and not a syntax error.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".installed"
OLDEST = (3, 11)
SHOW_EACH = 10
NO_NETWORK = re.compile(
    "NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError"
    "|Network is unreachable|Connection refused|Connection aborted|from versions: none"
)


def main(lock: Path) -> None:
    if is_current(lock):
        return
    refuse_old_python()
    refuse_missing_venv()
    try:
        make_venv()
        install(lock)
        leave_stamp(lock)
    except OSError as error:
        refuse(f"{error.filename or VENV} can't be written: {error.strerror}.")
    print("Done", flush=True)


def refuse(sentence: str) -> None:
    sys.exit(f"PMO Front Door can't be set up: {sentence}")


def is_current(lock: Path) -> bool:
    """Tell whether this very lock file has been installed already."""
    return os.access(PYTHON, os.X_OK) and stamps().get(lock.name) == fingerprint(lock)


def fingerprint(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def stamps() -> dict:
    """Return the fingerprints of the lock files that were installed, by name."""
    try:
        return json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}


def leave_stamp(lock: Path) -> None:
    """Note what was installed. The tools' lock file holds the portal's own packages too."""
    names = {lock.name, "requirements.txt"}
    known = {**stamps(), **{name: fingerprint(ROOT / name) for name in names}}
    STAMP.write_text(json.dumps(known, indent=1))


def refuse_old_python() -> None:
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        refuse(
            f"{sys.executable} is Python {found}, and 3.11 or newer is needed. "
            "Name another one: make run PYTHON=python3.12"
        )


def refuse_missing_venv() -> None:
    if not find_spec("venv") or not find_spec("ensurepip"):
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        refuse(
            "this Python has no venv module. "
            f"On Debian or Ubuntu: apt install python3-venv (or {package})"
        )


def make_venv() -> None:
    """Make the environment, or make it again when it is broken or of an older Python."""
    if is_usable():
        return
    version = ".".join(str(part) for part in sys.version_info[:3])
    print(f"Making .venv with Python {version}", flush=True)
    if not os.access(ROOT, os.W_OK):
        refuse(f"{ROOT} can't be written to. Copy the project to a folder of your own.")
    made = run(sys.executable, "-m", "venv", "--clear", str(VENV))
    if made.returncode:
        refuse(f"venv failed.\n{made.stdout.strip()}")


def is_usable() -> bool:
    if not os.access(PYTHON, os.X_OK):
        return False
    probe = f"import pip, sys; sys.exit(sys.version_info < {OLDEST})"
    return run(str(PYTHON), "-c", probe).returncode == 0


def run(*command: str) -> subprocess.CompletedProcess:
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def install(lock: Path) -> None:
    total = len(re.findall(r"^\S+==", lock.read_text(), re.MULTILINE))
    print(f"Installing {total} packages of {lock.name}; about a minute", flush=True)
    options = ["--require-hashes", "--no-input", "--disable-pip-version-check"]
    pip = subprocess.Popen(
        [str(PYTHON), "-m", "pip", "install", *options, "--requirement", str(lock)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = show_progress(pip.stdout, total)
    if pip.wait():
        explain(said)


def show_progress(lines, total: int) -> list:
    """Print a line now and then while pip works, and return all that it said."""
    said, found = [], 0
    for line in lines:
        said.append(line.rstrip())
        if line.startswith(("Collecting", "Requirement already")):
            found += 1
            if found % SHOW_EACH == 0:
                print(f"  {found} of {total} fetched", flush=True)
        elif line.startswith("Installing collected"):
            print("  putting them in place", flush=True)
        elif "Retrying" in line:
            print("  no answer from the network, trying again", flush=True)
    return said


def explain(said: list) -> None:
    """Stop with what went wrong, in a sentence where it is known."""
    if NO_NETWORK.search("\n".join(said)):
        refuse(
            "the packages can't be fetched. Is there a network, or a proxy to be set "
            "(HTTPS_PROXY)? The same command goes on where it stopped."
        )
    errors = [line for line in said if line.startswith("ERROR")] or said[-8:]
    refuse("pip failed.\n" + "\n".join(errors))


if __name__ == "__main__":
    try:
        main(ROOT / sys.argv[1])
    except KeyboardInterrupt:
        sys.exit("Stopped. The same command goes on where it stopped.")
