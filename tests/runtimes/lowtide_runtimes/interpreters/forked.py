"""Runs a function in a forked child, because a runtime may crash the process (TFLM does when its arena is too small)."""

import faulthandler
import os
import pickle
import signal
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO


@dataclass(frozen=True)
class Outcome:
    """What became of the child: a value or an error (never both), and all that it wrote to the C stderr."""

    value: Any
    error: str | None
    stderr: str

    def unwrap(self) -> Any:
        """The value, or an error that carries the runtime's own words."""
        if self.error is not None:
            raise RuntimeError(f"{self.error}: {self.stderr.strip()[-600:]}")
        return self.value


_is_child = False


def run_forked(function: Callable[[], Any]) -> Outcome:
    """Calls `function` in a child; its result comes back pickled through a file, which may hold gigabytes.

    A child calls it itself: one fork can stand around many runs, whose crash then ends them all.
    """
    if _is_child:
        # Pickled all the same: a result may be a view of an interpreter's memory.
        return Outcome(pickle.loads(pickle.dumps(function(), protocol=5)), None, "")
    with tempfile.TemporaryFile() as result, tempfile.TemporaryFile() as stderr:
        child = os.fork()
        if child == 0:
            _be_the_child(function, result, stderr)
        _, status = os.waitpid(child, 0)
        stderr.seek(0)
        said = stderr.read().decode(errors="replace")
        if os.WIFSIGNALED(status):
            return Outcome(None, f"killed by {signal.Signals(os.WTERMSIG(status)).name}", said)
        result.seek(0)
        try:
            value, error = pickle.load(result)
        except EOFError:
            return Outcome(None, f"exit code {os.WEXITSTATUS(status)} without a result", said)
        return Outcome(value, error, said)


def _be_the_child(function: Callable[[], Any], result: BinaryIO, stderr: BinaryIO) -> None:
    """Never returns, and leaves without the parent's exit handlers (pytest's among them)."""
    global _is_child
    _is_child, code = True, 1
    try:
        faulthandler.disable()
        os.dup2(stderr.fileno(), 2)
        try:
            answer = (function(), None)
        except Exception as error:  # noqa: BLE001 - whatever it is, the parent has to hear of it
            answer = (None, "".join(traceback.format_exception_only(error)).strip())
        pickle.dump(answer, result, protocol=5)
        result.flush()
        code = 0
    finally:
        os._exit(code)
