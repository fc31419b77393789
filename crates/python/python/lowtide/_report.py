"""Reports: the JSON output with every key as an attribute."""

from __future__ import annotations


class Report(dict):
    """A JSON object whose keys are attributes too: ``report.after.peak_bytes``."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"this report has no '{name}', only {', '.join(self)}") from None

    def __setattr__(self, name, value):
        self[name] = value

    def __dir__(self):
        return [*super().__dir__(), *self]
