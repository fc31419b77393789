"""Networks of the zoo that were drawn from several seeds, in rows of `schedule.py`."""

import statistics

Row = dict[str, str]


def is_seeded(row: Row) -> bool:
    """Whether it is one of several drawings of the same network."""
    return "@" in row["graph"]


def table(rows: list[Row]) -> tuple[list[str], list[list[str]]]:
    """Head and lines, one a network and target: all that were drawn of it."""
    body = []
    for name in dict.fromkeys(row["graph"].partition("@")[0] for row in rows):
        for target in dict.fromkeys(row["target"] for row in rows):
            of = [row for row in rows if row["target"] == target and row["graph"].startswith(f"{name}@")]
            states, times = [int(row["states"]) for row in of], [float(row["median_ms"]) for row in of]
            body.append(
                [
                    name.removeprefix("zoo:"),
                    target,
                    f"{sum(row['proof'] == 'optimal' for row in of)} of {len(of)}",
                    f"{statistics.median(states):.0f}, {max(states)}",
                    f"{statistics.median(times):.2f}, {max(times):.2f}",
                    f"{max(int(row['memory_bytes']) for row in of) / 2**20:.2f}",
                ]
            )
    return ["network", "target", "proved", "states: median, most", "ms: median, most", "MiB"], body
