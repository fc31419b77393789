"""What can go wrong, as exceptions."""

from __future__ import annotations

import contextlib

from lowtide import _native


class Error(Exception):
    """The base of all; ``kind`` is the ``error.kind`` of the JSON output."""

    kind = "internal"


class FileError(Error, OSError):
    """A file could not be read or written."""

    kind = "io"


class MalformedError(Error, ValueError):
    """The bytes are no valid model."""

    kind = "malformed"


class UnsupportedError(Error):
    """The model is valid but uses something that lowtide does not do."""

    kind = "unsupported"


class RefusedError(Error):
    """What was asked does not fit this model: a conversion that would lose something."""

    kind = "refused"


class UsageError(Error, ValueError):
    """What was asked makes no sense."""

    kind = "usage"


class InternalError(Error):
    """A referee refused lowtide's own answer: a bug."""


_BY_KIND = {
    error.kind: error
    for error in (FileError, MalformedError, UnsupportedError, RefusedError, UsageError, InternalError)
}


@contextlib.contextmanager
def raised():
    """Turns the extension's failures into the exceptions above."""
    try:
        yield
    except _native.Failure as failure:
        kind, message = failure.args
        raise _BY_KIND.get(kind, Error)(message) from None
