"""What `schedule.py` makes of its rows: whether the targets are met, and tables."""

import math
import re
import statistics

from . import threads, wirings

Row = dict[str, str]
BASELINES = ("file", "kahn", "reverse-postorder", "greedy")
OTHER_TARGETS = ("litert", "ort", "ideal")
GENERATED = re.compile(
    r"(nasnet|amoebanet|training|layered|series-parallel|in-tree|watts-strogatz|erdos-renyi|barabasi-albert)-\d"
)


def ms(row: Row) -> float:
    return float(row["median_ms"])


def gap(row: Row) -> float:
    """In percent of the peak."""
    peak = int(row["peak"])
    return 100 * (peak - int(row["bound"])) / max(peak, 1)


def per_state(row: Row, value: float) -> str:
    """Where a search took so many states that what it takes besides does not count."""
    states = int(row["states"])
    return f"{value / states:.3g}" if states >= 1000 else ""


def proved(rows: list[Row]) -> str:
    return f"{sum(row['proof'] == 'optimal' for row in rows)} of {len(rows)} proved"


def is_inference(row: Row) -> bool:
    return not GENERATED.match(row["graph"]) or row["graph"].startswith(("nasnet", "amoebanet"))


def table(head: list[str], body: list[list[str]]) -> list[str]:
    numbers = ["|---" + ("|" if at + 1 == len(head) else "") for at in range(len(head))]
    return ["| " + " | ".join(head) + " |", "".join(numbers), *("| " + " | ".join(line) + " |" for line in body), ""]


class Judge:
    """Lines of the table of targets: what was measured, what was wanted, and whether that is so."""

    def __init__(self) -> None:
        self.lines: list[list[str]] = []

    def say(self, what: str, measured: str, wanted: str, met: bool | None) -> None:
        verdict = "not measured" if met is None else "met" if met else "**not met**"
        self.lines.append([what, measured, wanted, verdict])

    def at_most(self, what: str, rows: list[Row], number, unit: str, bound: float, of=max, all_proved=True) -> None:
        """`of` all numbers is below `bound`, and all rows are proved if that is wanted."""
        if not rows:
            return self.say(what, "", f"< {bound:g} {unit}", None)
        value = of(number(row) for row in rows)
        done = all(row["proof"] == "optimal" for row in rows)
        measured = f"{value:.3g} {unit}" + (f", {proved(rows)}" if all_proved else "")
        wanted = ("all proved, " if all_proved else "") + f"< {bound:g} {unit}"
        self.say(what, measured, wanted, value < bound and (done or not all_proved))


def targets(found: dict[str, list[Row]], fuzz: str) -> list[str]:
    judge, exact = Judge(), found["exact"]

    def of(pattern: str) -> list[Row]:
        return [row for row in exact if re.match(pattern, row["graph"]) and row["target"] == "tflm"]

    inference = [row for row in exact if is_inference(row) and row["target"] == "tflm"]
    shared = [row for row in exact if is_inference(row) and row["target"] != "tflm"]
    most = max((int(row["operators"]) for row in inference), default=0)
    networks = f"{len(inference)} networks of up to {most} operators"
    judge.at_most(f"{networks}: median", inference, ms, "ms", 1, statistics.median)
    judge.at_most(f"{networks}: slowest", inference, ms, "ms", 10)
    judge.at_most("the same for targets that share bytes (litert, ort, ideal): slowest", shared, ms, "ms", 50)
    judge.at_most(
        "the same, all targets: memory of the search",
        inference + shared,
        lambda row: int(row["memory_bytes"]) / 2**20,
        "MiB",
        8,
        all_proved=False,
    )
    training = of("training-")
    most = max((int(row["operators"]) for row in training), default=0)
    judge.at_most(f"training graphs of up to {most} operators", training + of("train_"), ms, "ms", 200)
    judge.at_most("layered, width 8, 1,000 operators", of("layered-8-1000-"), ms, "ms", 100)
    judge.at_most("layered, width 8, 10,000 operators", of("layered-8-10000-"), lambda row: ms(row) / 1e3, "s", 5)
    judge.at_most(
        "series-parallel, 3,000 operators: gap after 10 s", of("series-parallel-3000-"), gap, "%", 2, all_proved=False
    )
    judge.at_most("WS(112, 4, 0.75) of unit size", of("watts-strogatz-112-"), lambda row: ms(row) / 1e3, "s", 10)
    judge.at_most(
        "WS(128, 4, 0.75) of unit size: gap after 60 s", of("watts-strogatz-128-"), gap, "%", 3, all_proved=False
    )
    swiftnet = [row for row in inference if "swiftnet" in row["graph"]]
    sizes = sorted({int(row["operators"]) for row in swiftnet})
    judge.at_most(f"SwiftNet, {', '.join(map(str, sizes))} operators: slowest", swiftnet, ms, "ms", 1)
    judge_certificates(judge, found["certificates"])
    judge_fuzz(judge, found["ablation"], fuzz)
    return table(["target", "measured", "wanted", ""], judge.lines)


def judge_certificates(judge: Judge, rows: list[Row]) -> None:
    certified = [row for row in rows if row["bound_is"] == "certified"]
    without = [row for row in rows if row["bound_is"] == "claimed"]
    measured = f"{len(certified)} of {len(rows)} bounds certified, {len(without)} say that they have no evidence"
    refused = len(rows) - len(certified) - len(without)
    judge.say("certificates that the checker refuses", f"{refused}; {measured}", "0", refused == 0 if rows else None)
    tampered, caught = (sum(int(row[key]) for row in rows) for key in ("tampered", "refused"))
    judge.say(
        "tampered certificates refused",
        f"{caught} of {tampered}",
        "all, 1,000 at least",
        caught == tampered >= 1000 if rows else None,
    )


def judge_fuzz(judge: Judge, ablation: list[Row], fuzz: str) -> None:
    """The record counts if it is of the switches that the solver has."""
    what, wanted = (
        "random graphs of up to 20 operators, against exhaustive search",
        "100,000 under all combinations of switches",
    )
    last = re.search(
        r"graphs (\d+), combinations (\d+), each on at least (\d+) graphs: (\d+) solutions agree, by (\d+) runs", fuzz
    )
    if not last:
        return judge.say(what, "", wanted, None)
    graphs, combinations, least, solutions, runs = map(int, last.groups())
    today = {row["algorithm"].removeprefix("no-") for row in ablation} - {"all", "none"}
    record = set(fuzz.partition(": ")[2].partition("\n")[0].split(", "))
    measured = f"{graphs} graphs, {combinations} combinations, each on at least {least} graphs, {solutions} solutions: all agree, by {runs} runs"
    if today != record:
        measured += f"; the record knows other switches: {', '.join(sorted(today ^ record))}"
    judge.say(what, measured, wanted, graphs >= 100_000 and least == graphs and today == record)


def overview(found: dict[str, list[Row]], wanted) -> list[str]:
    """A line a graph: the exact search, and how much more the others need."""
    others: dict[tuple[str, str], Row] = {(row["graph"], row["algorithm"]): row for row in found["others"]}
    elsewhere: dict[tuple[str, str], Row] = {(row["graph"], row["target"]): row for row in found["exact"]}
    body = []
    for row in found["exact"]:
        if row["target"] != "tflm" or not wanted(row):
            continue
        peak, name = int(row["peak"]), row["graph"]
        state = "optimal" if row["proof"] == "optimal" else f"gap {gap(row):.2f} %"
        line = [
            name,
            row["operators"],
            row["peak"],
            state,
            row["states"],
            f"{int(row['memory_bytes']) / 2**20:.2f}",
            per_state(row, float(row["memory_bytes"])),
            row["median_ms"],
            per_state(row, 1e3 * ms(row)),
        ]
        line += [elsewhere[name, each]["median_ms"] if (name, each) in elsewhere else "" for each in OTHER_TARGETS]
        ratios = [
            int(others[name, each]["peak"]) / max(peak, 1) if (name, each) in others else math.nan for each in BASELINES
        ]
        line += [f"{ratio:.3f}" for ratio in ratios]
        serenity = others.get((name, "serenity"))
        if serenity:
            finished = serenity["proof"] == "optimal"
            line += [
                serenity["states"] if finished else f"> {serenity['states']}",
                serenity["median_ms"] if finished else "stopped",
            ]
        body.append(line)
    head = [
        "graph",
        "operators",
        "peak",
        "proof",
        "states",
        "MiB",
        "bytes a state",
        "ms",
        "us a state",
        *(f"{each}, ms" for each in OTHER_TARGETS),
        *BASELINES,
        "serenity, states",
        "ms",
    ]
    return table(head, body)


def ablation(rows: list[Row]) -> list[str]:
    """A line a switch: what is lost without it, over all graphs and where most."""
    variants = list(dict.fromkeys(row["algorithm"] for row in rows))
    known = {(row["graph"], row["algorithm"]): row for row in rows}
    graphs = list(dict.fromkeys(row["graph"] for row in rows))
    body = []
    for variant in variants:
        pairs = [(known[graph, "all"], known[graph, variant]) for graph in graphs]
        both = [(a, b) for a, b in pairs if a["proof"] == b["proof"] == "optimal"]
        states = [((int(b["states"]) + 1) / (int(a["states"]) + 1), b["graph"]) for a, b in both]
        times = [(ms(b) / max(ms(a), 1e-3), b["graph"]) for a, b in both]
        lost = [f"{b['graph']} ({gap(b):.1f} %)" for a, b in pairs if b["proof"] != "optimal"]
        mean = (
            [f"{statistics.geometric_mean([ratio for ratio, _ in each]):.2f}" for each in (states, times)]
            if both
            else ["", ""]
        )
        worst = [f"{max(each)[0]:.3g} ({max(each)[1]})" for each in (states, times)] if both else ["", ""]
        left = f"{statistics.mean(gap(b) for _, b in pairs):.2f}"
        body.append(
            [
                variant,
                f"{len(pairs) - len(lost)} of {len(pairs)}",
                left,
                mean[0],
                worst[0],
                mean[1],
                worst[1],
                ", ".join(lost),
            ]
        )
    ratios = ["states, mean", "states, worst", "time, mean", "time, worst"]
    return table(["variant", "proved", "gap, mean %", *ratios, "not proved (gap)"], body)


def certificates(rows: list[Row]) -> list[str]:
    body = []
    for form in ("operator", "around", "states", "none"):
        of = [row for row in rows if row["evidence"] == form]
        if not of:
            continue
        cells = [form, str(len(of)), str(sum(bool(GENERATED.match(row["graph"])) for row in of))]
        for key, digits in (("bytes", 0), ("making_ms", 1), ("checking_ms", 3)):
            values = [float(row[key]) for row in of]
            cells.append(", ".join(f"{of_all(values):.{digits}f}" for of_all in (min, statistics.median, max)))
        body.append(cells)
    return table(["evidence", "graphs", "generated", "bytes", "making, ms", "check, ms"], body)


def summary(found: dict[str, list[Row]], fuzz: str, title: str, how: str, limit: str) -> str:
    exact = found["exact"]
    serenity = [row for row in found["others"] if row["algorithm"] == "serenity"]
    tflm = [row for row in exact if row["target"] == "tflm"]
    text = [
        f"# {title}",
        "",
        f"{how} Times are medians of up to nine searches, processor time from 20 ms on. Raw rows beside.",
        "",
        "## Targets",
        "",
        *targets(found, fuzz),
        (
            f"The exact search: {proved(tflm)} optimal. SERENITY's algorithm, limited to a million states and {limit}: {proved(serenity)}. "
            "Peaks of baselines below are in units of the exact search's."
        ),
        "",
        "## Networks",
        "",
        *overview(found, lambda row: is_inference(row) and not wirings.is_seeded(row)),
        "## Wirings of the zoo drawn from several seeds",
        "",
        *table(*wirings.table([row for row in exact if wirings.is_seeded(row)])),
        "## Training graphs and random families",
        "",
        *overview(found, lambda row: not is_inference(row)),
        "## Each switch turned off",
        "",
        (
            f"Limited to {limit} a search. States (each number plus one) and times are ratios to those with all switches on, geometric means and the worst "
            "graph, over graphs that both prove."
        ),
        "",
        *ablation(found["ablation"]),
        "## On several threads",
        "",
        "Hard problems in a row, one thread and two by turns, times by the clock. All else is the same for both.",
        "",
        *table(*threads.table(found["threads"])),
        "## Certificates",
        "",
        "Smallest, median and largest.",
        "",
        *certificates(found["certificates"]),
    ]
    if fuzz:
        text += ["## Against exhaustive search", "", "```text", fuzz.rstrip(), "```", ""]
    return "\n".join(text)
