"""A memory compiler for neural networks on small devices.

Three verbs, each of which takes a path, ``zoo:NAME``, or the bytes of a model, and returns a `Report`: what the command line
prints with ``--json``, every key an attribute.

>>> report = lowtide.optimize("model.tflite", output="small.tflite")
>>> report.before.peak_bytes, report.after.peak_bytes, report.after.proof
(351232, 275968, 'optimal')
"""

from __future__ import annotations

import json
import os

from lowtide import _native
from lowtide._errors import (
    Error,
    FileError,
    InternalError,
    MalformedError,
    RefusedError,
    UnsupportedError,
    UsageError,
    raised,
)
from lowtide._report import Report

__all__ = [
    "Error",
    "FileError",
    "InternalError",
    "MalformedError",
    "RefusedError",
    "Report",
    "UnsupportedError",
    "UsageError",
    "compare",
    "inspect",
    "optimize",
]


def inspect(
    model,
    *,
    format="tflite",
    target="tflm",
    budget=None,
    budget_on="peak",
    time_limit=None,
    node_limit=None,
    gap=0.0,
    threads=1,
):
    """What ``model`` costs as it stands, and what a better order would need."""
    effort = _effort(time_limit, node_limit, gap, threads)
    with raised():
        return _report(_native.inspect(_source(model, format), target, effort, _budget(budget, budget_on)))


def optimize(
    model,
    output=None,
    *,
    format="tflite",
    target="tflm",
    order="exact",
    as_found=False,
    cleanup=True,
    rewrite="exact",
    bit_exact=False,
    plan=True,
    measure=3,
    int8=False,
    budget=None,
    budget_on="peak",
    time_limit=None,
    node_limit=None,
    gap=0.0,
    threads=1,
):
    """Finds the best order of ``model``. The new model is in ``report.model_bytes``, and in the file ``output`` if one is
    named and the budget, if there is one, is met.
    """
    effort = _effort(time_limit, node_limit, gap, threads)
    way = {
        "order": order,
        "as_found": as_found,
        "cleanup": cleanup,
        "rewrite": rewrite,
        "bit_exact": bit_exact,
        "plan": plan,
        "measure": measure,
        "int8": int8,
    }
    with raised():
        text, new = _native.optimize(_source(model, format), target, effort, _budget(budget, budget_on), way)
        report = _report(text)
        report.model_bytes = new
        if output is not None and (report.budget is None or report.budget.verdict == "fits"):
            path = os.fspath(output)
            _native.save(path, new)
            report.output = Report(path=path, bytes=len(new))
    return report


def compare(
    model, *, format="tflite", target="tflm", cleanup=False, time_limit=None, node_limit=None, gap=0.0, threads=1
):
    """All ways to order ``model``, side by side."""
    effort = _effort(time_limit, node_limit, gap, threads)
    with raised():
        return _report(_native.compare(_source(model, format), target, effort, cleanup))


def _source(model, format):
    if isinstance(model, (bytes, bytearray, memoryview)):
        return (bytes(model), format)
    return os.fspath(model)


def _budget(budget, budget_on):
    return None if budget is None else (budget, budget_on)


def _effort(time_limit, node_limit, gap, threads):
    return {"time_limit": time_limit, "node_limit": node_limit, "gap": gap, "threads": threads}


def _report(text):
    return json.loads(text, object_hook=Report)
