"""Tables of benchmarks/paper.py, in Markdown, each next to what was published."""

import math
import statistics

Rows = list[dict[str, str]]

# Cell: what is published in KB (1000 bytes) for TFLite, dynamic programming, and that with rewriting; and ours.
CELLS = {
    "DARTS ImageNet, normal cell": ((1656, 903, 753), "darts-imagenet-cell-f32"),
    "SwiftNet HPD, cell A": ((552, 251, 226), "swiftnet-cell-a"),
    "SwiftNet HPD, cell B": ((194, 82, 72), "swiftnet-cell-b"),
    "SwiftNet HPD, cell C": ((70, 33, 20), "swiftnet-cell-c"),
    "RandWire CIFAR-10, cell A": ((645, 459, 459), "CIFAR-10 A"),
    "RandWire CIFAR-10, cell B": ((330, 260, 260), "CIFAR-10 B"),
    "RandWire CIFAR-100, cell A": ((605, 359, 359), "CIFAR-100 A"),
    "RandWire CIFAR-100, cell B": ((350, 280, 280), "CIFAR-100 B"),
    "RandWire CIFAR-100, cell C": ((160, 115, 115), "CIFAR-100 C"),
}


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    rule = "|" + "|".join("---" if column == 0 else "--:" for column in range(len(head))) + "|"
    return ["| " + " | ".join(head) + " |", rule, *("| " + " | ".join(row) + " |" for row in rows), ""]


def geometric(values: list[float]) -> float:
    return math.exp(statistics.fmean(map(math.log, values)))


def by_name(rows: Rows) -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in rows}


def kb(value: float) -> str:
    return f"{value / 1000:.1f}"


class Cell:
    """Arenas of a cell; of ten seeds, medians, and medians of ratios."""

    def __init__(self, found: dict[str, dict[str, str]], name: str, regimes: dict[str, list[str]]) -> None:
        names = regimes.get(name, [name])
        self.is_seeded = len(names) > 1
        self.rows = [found[name] for name in names]
        self.rewritten = [found.get(f"{name}+rewritten", found[name]) for name in names]

    def arena(self, column: str) -> float:
        return statistics.median(int(row[column]) for row in self.rows)

    def best(self) -> list[int]:
        """With rewriting where that helps."""
        return [min(int(a["arena"]), int(b["arena"])) for a, b in zip(self.rows, self.rewritten, strict=True)]

    def theirs(self) -> float:
        """The best order with TensorFlow Lite's planner: what SERENITY's algorithm comes to where it finishes."""
        return statistics.median(int(row["file_arena"]) / int(row["planner_arena"]) for row in self.rows)

    def ratio(self, base: str = "file_arena") -> float:
        return statistics.median(int(row[base]) / int(row["arena"]) for row in self.rows)

    def ratio_rewritten(self, base: str = "file_arena") -> float:
        return statistics.median(int(row[base]) / best for row, best in zip(self.rows, self.best(), strict=True))


def means_of_today(rows: Rows, regimes: dict[str, list[str]]) -> tuple[float, float]:
    """Against the file's order and LiteRT's planner: of order and packing, and of rewriting too."""
    some = [Cell(by_name(rows), name, regimes) for _, name in CELLS.values()]
    return geometric([cell.ratio() for cell in some]), geometric([cell.ratio_rewritten() for cell in some])


def cells(rows: Rows, regimes: dict[str, list[str]]) -> list[str]:
    found = by_name(rows)
    lines, ours, theirs, rewritten, kahn = [], [], [], [], []
    for title, ((tflite, dp, dp_rewritten), name) in CELLS.items():
        cell = Cell(found, name, regimes)
        ours.append(cell.ratio())
        theirs.append(cell.theirs())
        rewritten.append(cell.ratio_rewritten())
        kahn.append(cell.ratio("kahn_arena"))
        lines.append([title, str(tflite), str(dp), str(dp_rewritten), f"{tflite / dp:.2f}x", f"{tflite / dp_rewritten:.2f}x",
                      kb(cell.arena("file_arena")), kb(cell.arena("planner_arena")), kb(cell.arena("peak")),
                      kb(cell.arena("arena")), kb(statistics.median(cell.best())), f"{theirs[-1]:.2f}x",
                      f"**{ours[-1]:.2f}x**", f"**{rewritten[-1]:.2f}x**"])
    lines.append(["**geometric mean**", "", "", "", "1.68x", "1.86x", "", "", "", "", "", f"{geometric(theirs):.2f}x",
                  f"**{geometric(ours):.2f}x**", f"**{geometric(rewritten):.2f}x**"])
    head = ["cell", "TFLite (published)", "DP (p.)", "DP + rewriting (p.)", "order (p.)", "rewriting (p.)", "file's order, LiteRT's planner",
            "best order, LiteRT's planner", "our live peak", "our order, exact packing", "and rewriting",
            "best order, LiteRT's planner", "ours, order and packing", "ours, and rewriting"]
    return [*table(head, lines), f"Against Kahn's order with LiteRT's planner instead of the file's, order and packing win {geometric(kahn):.2f}x.", ""]


def seeds(rows: Rows, regimes: dict[str, list[str]]) -> list[str]:
    found = by_name(rows)
    lines = []
    for title, names in regimes.items():
        some = [found[name] for name in names]
        ratios = sorted(int(row["file_arena"]) / int(row["arena"]) for row in some)
        peaks = [int(row["peak"]) for row in some]
        quartiles = statistics.quantiles(ratios, n=4)
        lines.append([title, str(len(some)), kb(statistics.median(int(row["file_arena"]) for row in some)),
                      f"{kb(min(peaks))}..{kb(max(peaks))}", f"**{statistics.median(ratios):.2f}x**",
                      f"{quartiles[0]:.2f}..{quartiles[2]:.2f}", f"{ratios[0]:.2f}..{ratios[-1]:.2f}",
                      str(sum(row["proof"] == "optimal" for row in some)), str(sum(row["serenity_finished"] == "true" for row in some))])
    return table(["regime", "seeds", "TFLite, median KB", "optimum KB", "reduction, median", "quartiles", "range", "proved by us",
                  "finished by SERENITY's"], lines)


def networks(rows: Rows) -> list[str]:
    found = by_name(rows)
    plain = [row for row in rows if "@" not in row["name"] and "+" not in row["name"]]
    rows = [row for row in rows if "kept" not in row["name"]]
    lines = []
    for row in plain:
        rewritten = found.get(row["name"] + "+rewritten", row)
        theirs = row["serenity_peak"] if row["serenity_finished"] == "true" else f"({row['serenity_peak']})"
        lines.append([row["name"], row["operators"], row["file_peak"], row["kahn_peak"], theirs, row["peak"], row["proof"],
                      row["file_arena"], row["planner_arena"], row["arena"], rewritten["peak"] if rewritten["sites"] != "0" else "",
                      min((row, rewritten), key=lambda one: int(one["ideal_peak"]))["ideal_peak"]])
    beaten = [row["name"] for row in rows if int(row["serenity_peak"]) < int(row["peak"])]
    finished = [row for row in rows if row["serenity_finished"] == "true"]
    unequal = [row["name"] for row in finished if row["serenity_peak"] != row["peak"]]
    proved = sum(row["proof"] == "optimal" for row in rows)
    said = (f"{proved} of {len(rows)} graphs proved optimal by us, open: "
            f"{', '.join(row['name'] for row in rows if row['proof'] != 'optimal') or 'none'}. SERENITY's algorithm finished "
            f"{len(finished)} within 1,000,000 states; it is better on {len(beaten)}, and where it finished it differs on {len(unequal)}. "
            "In brackets: not finished. Bytes.")
    return [said, "", *table(["network", "operators", "file", "Kahn", "SERENITY's", "ours", "proof", "TFLite arena, file",
                              "TFLite arena, ours", "exact arena, ours", "peak, rewritten", "in place, rewritten where better"], lines)]


def times(rows: Rows) -> list[str]:
    by = {(row["name"], row["variant"]): row for row in rows}
    lines = []
    for name in dict.fromkeys(row["name"] for row in rows):
        cells = [f"{name} ({by[name, 'dp']['operators']})"]
        for variant in ("dp", "dp+dc", "dp+dc+asb", "ours"):
            row = by[name, variant]
            figures = f"{float(row['cpu_ms']):.1f} ms, {int(row['states']):,} states, {int(row['memory_kb']) / 1000:.1f} MB"
            cells.append(figures if row["finished"] == "true" else "does not finish")
        lines.append(cells)
    return table(["network (operators)", "dynamic programming", "+ divide and conquer", "+ soft budget", "ours"], lines)


def rareness(rows: Rows) -> list[str]:
    lines = []
    for name in dict.fromkeys(row["name"] for row in rows):
        some = [row for row in rows if row["name"] == name]
        fits = next(row for row in some if row["level"] == "250000")
        best = min((row for row in some if row is not fits), key=lambda row: int(row["level"]))
        orders = f"{float(best['orders']):.3g}" if best["orders"] else ""
        lines.append([name, best["method"], orders, best["level"], f"{100 * float(best['share']):.3g} %",
                      f"{100 * float(fits['share']):.3g} %"])
    return table(["cell", "how", "orders", "optimum, bytes", "share that is optimal", "share within 250 KB"], lines)


def traffic_gains(rows: Rows) -> dict[int, tuple[float, float]]:
    """For each memory, in KiB, how much less the order with the smallest peak moves than the file's, and ours; geometric means."""
    by = {(row["name"], int(row["on_chip"]), row["order"]): int(row["moved"]) for row in rows}
    names = list(dict.fromkeys(row["name"] for row in rows))

    def gain(kib: int, order: str) -> float:
        return geometric([by[name, kib * 1024, "file"] / by[name, kib * 1024, order] for name in names])

    return {kib: (gain(kib, "peak"), gain(kib, "traffic")) for kib in (32, 64, 128, 256)}


def traffic(rows: Rows) -> list[str]:
    by = {(row["name"], int(row["on_chip"]), row["order"]): row for row in rows}
    lines = []
    for name in dict.fromkeys(row["name"] for row in rows):
        for kib in (32, 64, 128, 256):
            file, peak, best = (by[name, kib * 1024, order] for order in ("file", "peak", "traffic"))
            moved = [int(row["moved"]) for row in (file, peak, best)]
            proof = best["proof"] if best["proof"] == "optimal" else f">= {best['bound']}"
            lines.append([name, str(kib), *(row["moved"] for row in (file, peak, best)), best["beyond"], proof,
                          f"{moved[0] / moved[1]:.2f}x", f"**{moved[0] / moved[2]:.2f}x**", best["streamed"]])
    gains = [f"{kib} KiB {by_peak:.2f}x and **{ours:.2f}x**" for kib, (by_peak, ours) in traffic_gains(rows).items()]
    known = [(int(row["belady"]), int(row["best_evictions"])) for row in rows if row["best_evictions"]]
    worse = [belady / best for belady, best in known if belady > best]
    proved = sum(row["proof"] == "optimal" for row in rows if row["order"] == "traffic")
    evictions = (f"Ours is proved to be the least of all orders and evictions in {proved} of {len(rows) // 3} cases; of the others the floor is given. For the order as it "
                 f"is, the best evictions are known in {len(known)} of {len(rows)} rows (sizes differ, evictions are dirty, so Belady's rule is a heuristic): Belady's rule finds "
                 f"them in {len(known) - len(worse)}, and is {100 * (max(worse, default=1) - 1):.1f} % above at worst.")
    return [evictions, "", f"Geometric means of the reduction against the file's order, by the order with the smallest peak and by ours: {', '.join(gains)}; published: 1.76x at 256 KB.", "",
            *table(["network", "KiB", "file's order", "smallest peak", "ours", "ours, beyond compulsory", "proof", "smallest peak",
                    "ours", "operators that do not fit"], lines)]


def proofs(rows: Rows) -> list[str]:
    open_ones = [row["name"] for row in rows if row["proof"] != "optimal"]
    most = max(int(row["operators"]) for row in rows)
    return [(f"{len(rows) - len(open_ones)} of {len(rows)} proved optimal (each network as .tflite in int8 and float32 and as .onnx, and ten seeds of each "
            f"ImageNet regime of RandWire; at most {most} operators), open: {', '.join(open_ones) or 'none'}; at most "
            f"{max(int(row['states']) for row in rows):,} states. Row by row in proofs.csv."), ""]
