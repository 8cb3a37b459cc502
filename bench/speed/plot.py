"""The picture of the speed page, drawn with matplotlib."""

from pathlib import Path

from bench.speed import growth
from bench.speed.results import Results

_OURS, _OTHERS = "#1f5fa8", "#9aa5b1"


def draw(results: Results, path: Path) -> None:
    """Wall times beside ours at the largest size that others ran at, and how ours grows.

    The same figures always give the same bytes.
    """
    import matplotlib as mpl
    from matplotlib import pyplot, ticker

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "speed"
    figure, (beside, grows) = pyplot.subplots(
        1, 2, figsize=(11, 4), width_ratios=[3, 2], layout="constrained"
    )
    size = max(size for size in results.sizes if len(results.contenders(size)) > 1)
    names = results.contenders(size)[::-1]
    ratios = [results.ratio(name, "ours", size) for name in names]
    middles = [ratio.middle for ratio in ratios]
    errors = [[r.middle - r.low for r in ratios], [r.high - r.middle for r in ratios]]
    colours = [_OURS if name.startswith("ours") else _OTHERS for name in names]
    widths = [middle - 1 for middle in middles]
    beside.barh(names, widths, left=1, xerr=errors, color=colours, ecolor="#333333", capsize=2)
    beside.set_xscale("log")
    beside.axvline(1, color=_OURS, linewidth=1)
    beside.set_title(f"Wall time as a multiple of ours, {size:,} rows")
    for label, seconds in (
        ("build, s", growth.build(results, "ours")),
        ("search, ms a query", {n: 1000 * s for n, s in growth.search(results, "ours").items()}),
    ):
        grows.loglog(list(seconds), list(seconds.values()), marker="o", label=label)
    grows.set_xlabel("rows")
    grows.set_title("How ours grows")
    grows.legend()
    for axis in (beside.xaxis, grows.xaxis, grows.yaxis):
        axis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter("{x:,g}")
        axis.set_minor_formatter(ticker.NullFormatter())
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
