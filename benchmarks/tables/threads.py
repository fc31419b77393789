"""One thread and two, by turns, in rows of `schedule.py`."""

Row = dict[str, str]
SAME = ("graph", "operators", "peak", "bound", "proof", "states", "memory_bytes")


def table(rows: list[Row]) -> tuple[list[str], list[list[str]]]:
    """Head and lines, one a graph. All but the times has to be the same."""
    body = []
    for one, two in zip(rows[::2], rows[1::2], strict=True):
        same = all(one[key] == two[key] for key in SAME)
        ratio = f"{float(one['median_ms']) / float(two['median_ms']):.2f}"
        body.append(
            [
                *(one[key] for key in ("graph", "operators", "peak", "proof", "states")),
                f"{int(one['memory_bytes']) / 2**20:.2f}",
                one["median_ms"],
                two["median_ms"],
                ratio if same else f"{ratio}, **not the same**",
            ]
        )
    return ["graph", "operators", "peak", "proof", "states", "MiB", "one thread, ms", "two, ms", "ratio"], body
