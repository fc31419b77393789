"""Plots of benchmarks/paper.py, in the colours of the HTML page."""

import pathlib
import statistics

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt
import paper_2019 as by_2019
import paper_tables as tables

INK, QUIET, LINE = "#1b1f24", "#57606a", "#d0d7de"
FILE, THEIRS, OURS, REWRITTEN = "#d55e00", "#e69f00", "#56b4e9", "#0072b2"
Rows = list[dict[str, str]]


def style() -> None:
    plt.rcParams.update(
        {
            "svg.hashsalt": "lowtide",
            "svg.fonttype": "none",
            "font.family": "sans-serif",
            "font.size": 9,
            "text.color": INK,
            "axes.edgecolor": LINE,
            "axes.labelcolor": QUIET,
            "xtick.color": QUIET,
            "ytick.color": QUIET,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.color": LINE,
            "grid.linewidth": 0.6,
            "legend.frameon": False,
            "figure.constrained_layout.use": True,
        }
    )


def save(figure: plt.Figure, folder: pathlib.Path, name: str) -> None:
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
    plt.close(figure)


def bars(axes: plt.Axes, labels: list[str], series: list[tuple[str, str, list[float]]]) -> None:
    width = 0.8 / len(series)
    for number, (name, colour, values) in enumerate(series):
        places = [at + (number - (len(series) - 1) / 2) * width for at in range(len(labels))]
        axes.bar(places, values, width * 0.92, label=name, color=colour)
    axes.set_xticks(range(len(labels)), labels, rotation=25, ha="right")
    axes.grid(visible=False, axis="x")
    axes.legend(ncols=min(len(series), 3), loc="lower left", bbox_to_anchor=(0, 1))


def peak(found: dict[str, Rows], regimes: dict[str, list[str]], folder: pathlib.Path) -> None:
    rows = by_2019.cells(found["baseline"], found["peak"], regimes)
    figure, axes = plt.subplots(figsize=(9, 3.6))
    bars(
        axes,
        [row.title for row in rows],
        [
            ("published: order", LINE, [row.published[0] / row.published[1] for row in rows]),
            ("published: and rewriting", QUIET, [row.published[0] / row.published[2] for row in rows]),
            ("ours: order and packing", OURS, [row.order for row in rows]),
            ("ours: and rewriting", REWRITTEN, [row.rewriting for row in rows]),
        ],
    )
    axes.axhline(1, color=INK, linewidth=0.8)
    axes.set_ylabel("times smaller than TensorFlow Lite of 2019")
    save(figure, folder, "peak")


def seeds(rows: Rows, regimes: dict[str, list[str]], folder: pathlib.Path) -> None:
    found = tables.by_name(rows)
    figure, axes = plt.subplots(figsize=(7, 3))
    for at, names in enumerate(regimes.values()):
        ratios = [int(found[name]["file_arena"]) / int(found[name]["arena"]) for name in names]
        axes.plot([at] * len(ratios), ratios, "o", color=OURS, markersize=4)
        axes.plot([at - 0.2, at + 0.2], [statistics.median(ratios)] * 2, color=REWRITTEN)
    axes.set_xticks(range(len(regimes)), list(regimes))
    axes.set_ylabel("times smaller, each seed and median")
    save(figure, folder, "seeds")


def rareness(rows: Rows, folder: pathlib.Path) -> None:
    figure, axes = plt.subplots(figsize=(7, 3.4))
    for name in dict.fromkeys(row["name"] for row in rows):
        some = [row for row in rows if row["name"] == name]
        least = min(int(row["level"]) for row in some if row["level"] != "250000")
        points = sorted(
            (int(row["level"]) / least, 100 * float(row["share"])) for row in some if int(row["level"]) >= least
        )
        points = [point for point in points if point[0] <= 2]
        axes.step(*zip(*points, strict=True), where="post", label=name, linewidth=1.2)
    axes.set_yscale("log")
    axes.set_xlabel("peak, in optima")
    axes.set_ylabel("% of all orders within it")
    axes.legend(fontsize=7, ncols=2)
    save(figure, folder, "rareness")


def times(rows: Rows, folder: pathlib.Path) -> None:
    by = {(row["name"], row["variant"]): row for row in rows}
    names = list(dict.fromkeys(row["name"] for row in rows))
    figure, axes = plt.subplots(figsize=(9, 3.6))
    series = [("dp", FILE), ("dp+dc", THEIRS), ("dp+dc+asb", OURS), ("ours", REWRITTEN)]
    values = [
        (
            variant,
            colour,
            [float(by[name, variant]["cpu_ms"]) if by[name, variant]["finished"] == "true" else 0 for name in names],
        )
        for variant, colour in series
    ]
    bars(axes, names, values)
    axes.set_yscale("log")
    axes.set_ylabel("ms of CPU; no bar: does not finish")
    save(figure, folder, "time")


def traffic(rows: Rows, folder: pathlib.Path) -> None:
    by = {(row["name"], int(row["on_chip"]), row["order"]): int(row["moved"]) for row in rows}
    names = list(dict.fromkeys(row["name"] for row in rows))
    figure, all_axes = plt.subplots(2, 2, figsize=(9, 6), sharey=True)
    for axes, kib in zip(all_axes.flat, (32, 64, 128, 256), strict=True):
        moved = {order: [by[name, kib * 1024, order] for name in names] for order in ("file", "peak", "traffic")}
        shares = [
            (label, colour, [a / b for a, b in zip(moved["file"], moved[order], strict=True)])
            for label, colour, order in (("smallest peak", OURS, "peak"), ("least traffic", REWRITTEN, "traffic"))
        ]
        bars(axes, names, shares)
        axes.axhline(1, color=INK, linewidth=0.8)
        axes.set_title(f"{kib} KiB on chip", loc="right", fontsize=9)
        axes.tick_params(axis="x", labelsize=7)
    figure.supylabel("times less moved than in the file's order", color=QUIET, fontsize=9)
    save(figure, folder, "traffic")


def draw(found: dict[str, Rows], regimes: dict[str, list[str]], folder: pathlib.Path) -> None:
    """Writes all plots into `folder`."""
    style()
    peak(found, regimes, folder)
    seeds(found["peak"], regimes, folder)
    rareness(found["rareness"], folder)
    times(found["time"], folder)
    traffic(found["traffic"], folder)
