"""The summary of benchmarks/paper.py, in Markdown."""

import datetime
import pathlib
import platform
import re

import paper_2019
import paper_tables as tables


def summary(found: dict[str, tables.Rows], regimes: dict[str, list[str]], day: datetime.date, seconds: tuple[float, float]) -> str:
    limit = int(found["time"][0]["limit"])
    cells = paper_2019.cells(found["baseline"], found["peak"], regimes)
    parts = [
        f"# The evaluation of SERENITY, rerun: {day}", "",
        (f"`benchmarks/paper.py`, {platform.machine()}, two jobs at a time, {seconds[0]:.0f} s in all, {seconds[1]:.0f} s of CPU time. Raw rows beside. What the figures mean, and where "
        "they deviate from the paper: [docs/paper.md](../../../docs/paper.md). KB are 1000 bytes."), "",
        "## Peak memory of the nine cells, against TensorFlow Lite of 2019", "", *paper_2019.against(cells),
        "## What the baseline was: hypotheses", "", *paper_2019.hypotheses(found["baseline"], regimes),
        "## Against LiteRT of today", "", *tables.cells(found["peak"], regimes),
        "## As SERENITY counts", "", *paper_2019.joined(found["peak"], found["baseline"]),
        "## RandWire over seeds", "", *tables.seeds(found["peak"], regimes),
        "## Proofs", "", *tables.proofs(found["proofs"]),
        "## Scheduling time", "", f"CPU time of one thread; 'does not finish' within {limit:,} states.", "", *tables.times(found["time"]),
        "## How rare good orders are", "", "Published for SwiftNet cell A: 4.1 % within 250 KB, 0.04 % optimal.", "", *tables.rareness(found["rareness"]),
        "## Off-chip traffic", "", *tables.traffic(found["traffic"]),
        "## All networks of the zoo", "", *tables.networks(found["peak"]),
    ]
    return "\n".join(parts)


def fill(page: pathlib.Path, run: pathlib.Path, found: dict[str, tables.Rows], regimes: dict[str, list[str]]) -> None:
    """Writes the tables of docs/paper.md, each between its marks, and which run they are of."""
    blocks = {
        "against": paper_2019.against(paper_2019.cells(found["baseline"], found["peak"], regimes)),
        "hypotheses": paper_2019.hypotheses(found["baseline"], regimes),
        "joined": paper_2019.joined(found["peak"], found["baseline"]),
        "today": tables.cells(found["peak"], regimes),
    }
    text = page.read_text()
    for name, lines in blocks.items():
        mark = f"<!-- paper.py: {name} -->"
        block = "\n".join([mark, *lines, "<!-- end -->"])
        text, count = re.subn(f"{mark}.*?<!-- end -->", lambda _, block=block: block, text, flags=re.DOTALL)
        if count != 1:
            raise ValueError(f"{page} has no block {mark}")
    page.write_text(re.sub(r"runs/[0-9-]+-paper/", f"runs/{run.name}/", text))


def sentence(found: dict[str, tables.Rows], regimes: dict[str, list[str]]) -> str:
    """What README says about it all."""
    cells = paper_2019.cells(found["baseline"], found["peak"], regimes)
    order, rewriting, inputs_kept = paper_2019.means(cells)
    known, known_rewriting, _ = paper_2019.means(paper_2019.identified(cells))
    today = tables.means_of_today(found["peak"], regimes)
    rows = [row for row in found["peak"] if "kept" not in row["name"]]
    proved = sum(row["proof"] == "optimal" for row in [*rows, *found["proofs"]])
    finished = [row for row in rows if row["serenity_finished"] == "true"]
    agreed = sum(row["serenity_peak"] == row["peak"] for row in finished)
    gain = tables.traffic_gains(found["traffic"])[256][1]
    return (f"lowtide proves {proved} of {len(rows) + len(found['proofs'])} graphs there optimal, SERENITY's algorithm finishes on {len(finished)} of {len(rows)} within a "
            f"million states, and agrees on {agreed}. Over the nine cells, order and exact packing win {order:.2f}x against TensorFlow Lite of 2019 as "
            f"reconstructed, rewriting {rewriting:.2f}x (published: 1.68x and 1.86x), over the four that are no random graphs {known:.2f}x and {known_rewriting:.2f}x "
            f"(published: 2.12x and 2.67x); {inputs_kept:.2f}x by order where both keep the inputs; against LiteRT of "
            f"today, in the file's order, {today[0]:.2f}x and {today[1]:.2f}x. At 256 KiB on chip off-chip traffic falls {gain:.2f}x (published: 1.76x).")
