"""What lowtide makes of each subject, made once per worker and kept for all tests of that subject."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lowtide_runtimes import cli
from lowtide_runtimes.corpus import SWIFTNET, RealModel, real_models
from lowtide_runtimes.files import ModelFile

KEEP_ORDER = ("--no-cleanup", "--no-plan", "--order", "file")


@dataclass(frozen=True)
class Subject:
    """A model and the switches it is optimised with. `facts`: what the manifest knows; None for generated networks."""

    argument: str
    switches: tuple[str, ...] = ()
    facts: RealModel | None = None

    @property
    def name(self) -> str:
        return "-".join(
            [self.facts.name if self.facts else self.argument, *(switch.strip("-") for switch in self.switches)]
        )


def subjects() -> list[Subject]:
    """Every shared model and the generated SwiftNet as they are, and the one real model that `--int8` can convert."""
    real = [Subject(str(model.path), facts=model) for model in real_models()]
    converted = [
        Subject(item.argument, ("--int8",), item.facts) for item in real if item.facts and item.facts.name == SWIFTNET
    ]
    return [*real, *converted, Subject("zoo:swiftnet")]


@dataclass(frozen=True)
class Written:
    """An optimised model and the report that came with it."""

    path: Path
    report: dict[str, Any]

    @cached_property
    def file(self) -> ModelFile:
        return ModelFile.read(self.path)


class Workshop:
    """Calls lowtide once for each subject and set of switches."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: dict[tuple[str, ...], Written] = {}
        self._names: Iterator[int] = iter(range(1_000_000))

    def source(self, subject: Subject) -> ModelFile:
        """The model as it was before: the file, or what `lowtide zoo` writes."""
        if not subject.argument.startswith("zoo:"):
            return ModelFile.read(Path(subject.argument))
        path = self._fresh_path()
        answer = cli.lowtide("zoo", subject.argument.removeprefix("zoo:"), "-o", path)
        assert answer.code == cli.DONE, answer.stderr
        return ModelFile.read(path)

    def before(self, subject: Subject) -> ModelFile:
        """What the written model's arena is compared with: the source, or its plain conversion in the source's order."""
        return self.written(subject, *KEEP_ORDER).file if "--int8" in subject.switches else self.source(subject)

    def written(self, subject: Subject, *more: str) -> Written:
        """The subject optimised with its own switches and `more`."""
        key = (subject.argument, *subject.switches, *more)
        if key not in self._written:
            self._written[key] = self.written_again(subject, *more)
        return self._written[key]

    def written_again(self, subject: Subject, *more: str) -> Written:
        """The same from a new call, for tests of reproducibility."""
        path = self._fresh_path()
        return Written(path, cli.optimise(subject.argument, path, *subject.switches, *more))

    def _fresh_path(self) -> Path:
        return self._folder / f"{next(self._names)}.tflite"
