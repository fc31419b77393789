"""Calls the lowtide binary as a user does, and reads its `--json`."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lowtide_runtimes.corpus import REPOSITORY

DONE, OVER_BUDGET, UNUSABLE, UNDECIDED = range(4)
_TIMEOUT_SECONDS = 120
_FOOTPRINT = ["cargo", "run", "-q", "-p", "lowtide-formats", "--example", "tflm_footprint", "--"]


@dataclass(frozen=True)
class Answer:
    """Exit code and texts of one call."""

    code: int
    stdout: str
    stderr: str

    @property
    def report(self) -> dict[str, Any]:
        """The `--json` report on stdout."""
        return json.loads(self.stdout)

    @property
    def error(self) -> dict[str, Any]:
        """The `--json` error on stderr."""
        return json.loads(self.stderr)["error"]


def binary() -> Path:
    """`LOWTIDE` if set, else the release build."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
    return Path(os.environ.get("LOWTIDE", target / "release" / "lowtide")).resolve()


def lowtide(*arguments: str | Path) -> Answer:
    """One call; whatever the exit code, the answer comes back."""
    done = subprocess.run([binary(), *arguments], capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=False)
    return Answer(done.returncode, done.stdout, done.stderr)


def optimise(model: str | Path, written: Path, *switches: str) -> dict[str, Any]:
    """Writes the optimised model and returns the report; raises with lowtide's own words when it did not.

    Nothing is taken apart unless `switches` say so: most tests compare tensor by tensor. `rewriting` and `test_corpus.py` there ask for it.
    """
    if "--rewrite" not in switches:
        switches = ("--rewrite", "off", *switches)
    answer = lowtide("optimize", model, "-o", written, "--json", *switches)
    if answer.code != DONE:
        raise RuntimeError(
            f"lowtide optimize {model} {' '.join(switches)}: exit code {answer.code}: {answer.stderr.strip()}"
        )
    return answer.report


def footprint(model: bytes, folder: Path) -> dict[str, Any]:
    """What TFLM's interpreter is predicted to take for the model, by build; nothing is taken from the interpreter."""
    path = folder / "model.tflite"
    path.write_bytes(model)
    answer = subprocess.run([*_FOOTPRINT, path], cwd=REPOSITORY, capture_output=True, check=True)
    return json.loads(answer.stdout)
