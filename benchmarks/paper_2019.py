"""What TensorFlow Lite needed in 2019, reconstructed: the baseline that SERENITY was measured against."""

import dataclasses
import math
import statistics
from collections.abc import Callable

from paper_tables import CELLS, Rows, by_name, geometric, kb, table

SWIFTNET = ["swiftnet-cell-a", "swiftnet-cell-b", "swiftnet-cell-c"]
DARTS = "darts-imagenet-cell-f32"
Regimes = dict[str, list[str]]


@dataclasses.dataclass(frozen=True)
class Hypothesis:
    """What is assumed about the baseline; `subject` says what is measured in place of a cell of ours."""

    text: str
    order: str
    planner: str
    subject: Callable[[str], str]


def section(name: str) -> str:
    return f"swiftnet+section-{name[-1]}" if name in SWIFTNET else name


def as_published(name: str) -> str:
    """With the pooling in front of SwiftNet's cells, and the weights of RandWire's edges."""
    return f"{name}+weighted" if name.startswith("randwire") else section(name)


def kept(subject: Callable[[str], str]) -> Callable[[str], str]:
    return lambda name: subject(name) + "+inputs-kept"


def same(name: str) -> str:
    return name


RECONSTRUCTION = "R"
HYPOTHESES = {
    "1": Hypothesis("our baseline: file's order, planner of today, inputs overwritten", "file", "today", same),
    "2": Hypothesis("1, but inputs preserved, as the interpreter does", "file", "today", kept(same)),
    "3": Hypothesis("2, but the planner of 2019", "file", "2019", kept(same)),
    "4": Hypothesis("3, but Kahn's order", "kahn", "2019", kept(same)),
    "5": Hypothesis("3, but with pooling in front (SwiftNet), weights kept (RandWire)", "file", "2019", kept(as_published)),
    RECONSTRUCTION: Hypothesis("**4 and 5 together: the reconstruction**", "kahn", "2019", kept(as_published)),
    "7": Hypothesis("R, but inputs overwritten", "kahn", "2019", as_published),
    "8": Hypothesis("R, but the planner of today", "kahn", "today", kept(as_published)),
    "9": Hypothesis("R, but joins counted with their readers", "kahn", "2019", kept(lambda name: as_published(name) + "+joined")),
    "10": Hypothesis("R, but activations apart", "kahn", "2019", kept(lambda name: as_published(name) + "+unfused")),
}
WHOLE = "swiftnet+inputs-kept"


def stages(regimes: Regimes) -> list[str]:
    """The stages of RandWire that are cells, over seeds."""
    return [name for title, names in regimes.items() if "whole" not in title for name in names]


def members(name: str, regimes: Regimes) -> list[str]:
    return regimes.get(name, [name])


def subjects(regimes: Regimes) -> list[str]:
    """All that [`hypotheses`] wants measured."""
    names = [name for _, cell in CELLS.values() for name in members(cell, regimes)]
    wanted = [hypothesis.subject(name) for hypothesis in HYPOTHESES.values() for name in names]
    joined = [f"{section(name)}{how}" for name in SWIFTNET for how in ("+joined", "+accumulated+joined")]
    return list(dict.fromkeys([*wanted, WHOLE, *joined]))


class Arenas:
    """What was measured for one hypothesis after the other."""

    def __init__(self, rows: Rows, regimes: Regimes) -> None:
        self.regimes = regimes
        self.of = {(row["name"], row["order"], row["planner"]): int(row["arena"]) for row in rows}

    def each(self, key: str, cell: str) -> list[int]:
        one = HYPOTHESES[key]
        return [self.of[one.subject(name), one.order, one.planner] for name in members(cell, self.regimes)]


def hypotheses(rows: Rows, regimes: Regimes) -> list[str]:
    arenas = Arenas(rows, regimes)
    lines = [["", "published", *(str(published[0]) for published, _ in CELLS.values()), "1.00", ""]]
    for key, one in HYPOTHESES.items():
        found = [statistics.median(arenas.each(key, cell)) / 1000 for _, cell in CELLS.values()]
        shares = [ours / published[0] for ours, (published, _) in zip(found, CELLS.values(), strict=True)]
        error = math.exp(statistics.fmean(abs(math.log(share)) for share in shares))
        lines.append([key, one.text, *(f"{kb:.1f}" for kb in found), f"{geometric(shares):.2f}", f"{100 * (error - 1):.0f} %"])
    head = ["", "arena in KB (RandWire: medians of ten seeds)", *(short(title) for title in CELLS), "mean of theirs", "typical error"]
    whole = arenas.of[WHOLE, "file", "2019"]
    said = (f"The whole of SwiftNet, as its model file stands, needs {whole:,} bytes in the planner of 2019 with its input preserved: "
            "552 KB are published for cell A.")
    return [*table(head, lines), said, ""]


def short(title: str) -> str:
    return title.replace("ImageNet, normal cell", "").replace("SwiftNet HPD, cell", "SwiftNet").replace(", cell", "").strip()


@dataclasses.dataclass(frozen=True)
class Reduction:
    """A cell against the reconstruction, in bytes; of ten seeds medians, and medians of ratios."""

    title: str
    published: tuple[int, int, int]
    base: float
    plain: float
    best: float
    order: float
    rewriting: float
    inputs_kept: float


def cells(baseline: Rows, peaks: Rows, regimes: Regimes) -> list[Reduction]:
    """The nine cells against the reconstruction."""
    arenas, found, middle = Arenas(baseline, regimes), by_name(peaks), statistics.median
    rows = []
    for title, (published, cell) in CELLS.items():
        names = [as_published(name) for name in members(cell, regimes)]
        base = arenas.each(RECONSTRUCTION, cell)
        plain = [int(found[name]["arena"]) for name in names]
        best = [min(own, int(found.get(f"{name}+rewritten", found[name])["arena"])) for own, name in zip(plain, names, strict=True)]
        kept_too = [int(found[f"{name}+inputs-kept"]["arena"]) for name in names]
        ratios = [middle(a / b for a, b in zip(base, own, strict=True)) for own in (plain, best, kept_too)]
        rows.append(Reduction(title, published, middle(base), middle(plain), middle(best), *ratios))
    return rows


def means(rows: list[Reduction]) -> tuple[float, float, float]:
    """Of order and packing, of rewriting too, and of order where ours keeps inputs as well."""
    return tuple(geometric([getattr(row, name) for row in rows]) for name in ("order", "rewriting", "inputs_kept"))


def identified(rows: list[Reduction]) -> list[Reduction]:
    """The cells whose graphs are known: all but those wired from seeds that nobody published."""
    return [row for row in rows if not row.title.startswith("RandWire")]


def against(rows: list[Reduction]) -> list[str]:
    """The table of [`cells`]."""
    lines = []
    for row in rows:
        tflite, dp, rewritten = row.published
        lines.append([row.title, str(tflite), kb(row.base), f"{100 * (row.base / 1000 / tflite - 1):+.0f} %", str(dp), str(rewritten),
                      kb(row.plain), kb(row.best), f"{tflite / dp:.2f}x", f"**{row.order:.2f}x**", f"{tflite / rewritten:.2f}x",
                      f"**{row.rewriting:.2f}x**", f"{row.inputs_kept:.2f}x"])
    for title, some in (("mean without RandWire", identified(rows)), ("mean of RandWire", [row for row in rows if row not in identified(rows)])):
        theirs = [geometric([row.published[0] / row.published[at] for row in some]) for at in (1, 2)]
        order, rewriting, inputs_kept = means(some)
        lines.append([title, *[""] * 7, f"{theirs[0]:.2f}x", f"{order:.2f}x", f"{theirs[1]:.2f}x", f"{rewriting:.2f}x", f"{inputs_kept:.2f}x"])
    order, rewriting, inputs_kept = means(rows)
    lines.append(["**geometric mean**", *[""] * 7, "1.68x", f"**{order:.2f}x**", "1.86x", f"**{rewriting:.2f}x**", f"{inputs_kept:.2f}x"])
    head = ["cell", "TFLite (published)", "TFLite, reconstructed", "differs by", "DP (p.)", "DP + rewriting (p.)", "our order, exact packing",
            "and rewriting", "order (p.)", "**order, ours**", "rewriting (p.)", "**rewriting, ours**", "order, ours keeps inputs too"]
    return table(head, lines)


def joined(peaks: Rows, baseline: Rows) -> list[str]:
    """SwiftNet and DARTS as SERENITY counts: joins with their readers, partial sums in place."""
    found = by_name(peaks)
    planner = {row["name"]: int(row["arena"]) for row in baseline if (row["order"], row["planner"]) == ("best", "today")}
    published = {"swiftnet-cell-a": (21, 552, 251, "200.7", 226, "188.2"), "swiftnet-cell-b": (19, 194, 82, "", 72, ""),
                 "swiftnet-cell-c": (22, 70, 33, "", 20, "")}
    lines, gains = [], []
    for name, (operators, tflite, dp, live, rewritten, rewritten_live) in published.items():
        row, better = found[f"{section(name)}+joined"], found[f"{section(name)}+accumulated+joined"]
        gains.append((tflite / dp, tflite * 1e3 / int(row["arena"]), tflite / rewritten, tflite * 1e3 / int(better["arena"])))
        lines.append([name, f"{row['operators']} ({operators})", f"{kb(int(row['peak']))} ({live or '-'})", kb(planner[row["name"]]),
                      f"{kb(int(row['arena']))} ({dp})", f"{kb(int(better['peak']))} ({rewritten_live or '-'})", kb(planner[better["name"]]),
                      f"{kb(int(better['arena']))} ({rewritten})", *(f"{gain:.2f}x" for gain in gains[-1])])
    row, better = found[DARTS], found[f"{DARTS}+accumulated+joined"]
    gains.append((1656 / 903, 1656e3 / int(row["arena"]), 1656 / 753, 1656e3 / int(better["arena"])))
    lines.append([DARTS, row["operators"], kb(int(row["peak"])), kb(int(row["planner_arena"])), f"{kb(int(row['arena']))} (903)",
                  kb(int(better["peak"])), kb(int(better["planner_arena"])), f"{kb(int(better['arena']))} (753)",
                  *(f"{gain:.2f}x" for gain in gains[-1])])
    means = [geometric(list(column)) for column in zip(*gains, strict=True)]
    lines.append(["**geometric mean**", *[""] * 7, *(f"**{mean:.2f}x**" for mean in means)])
    return table(["cell; in brackets what is published", "operators", "live", "LiteRT's planner", "exact packing", "rewritten, live",
                  "LiteRT's planner", "exact packing", "published TFLite / theirs", "published TFLite / ours", "rewritten: theirs", "rewritten: ours"], lines)
