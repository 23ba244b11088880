"""Figures of results, drawn with Matplotlib on axes of one's own or new ones."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import atan2, cos, hypot, sin
from typing import TYPE_CHECKING, Any

from endplate.arguments import number, one_of, wrong
from endplate.errors import EndplateError
from endplate.extras import required
from endplate.facts.atlas import MuscleBlock, chart_blocks
from endplate.facts.endpoints import baseline_scales

if TYPE_CHECKING:
    from endplate.results.result import Outcome, Result, Series

EXTRA = "plot"
INK, GREY, PALE = "#1f2933", "#8a94a0", "#d5dae0"
MISSED = "#c2410c"
COLOURS = ("#0b6e8f", "#c2410c", "#5b7f1c", "#7a3e9d", "#a16207", "#be185d")
_WIDE, _ROW_IN = 7.0, 0.24
_FEW, _MANY = 4, 60  # endpoints in one figure; rows of a forest
_MARKER = 5
_FIRST_LOOK_D = 30.0  # of a forest, where the peak is not known
_MOST_D = 1095  # a run is no longer
_LABELLED = 8  # more sites than these leave no room for the units of each
_WORD_SHARE = 0.09  # of the axis that the word of an event takes


def axes_of(ax: Any, wide_in: float = _WIDE, high_in: float = 3.8) -> Any:
    """The axes given, or those of a new figure.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
        Axes to draw on.
    wide_in, high_in : float
        Size of a new figure in inches.

    Raises
    ------
    EndplateError
        It is no axes, or Matplotlib is not installed.
    """
    required("matplotlib", EXTRA, "A figure")
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    if ax is not None:
        if not isinstance(ax, Axes):
            raise wrong("ax", ax, "axes of Matplotlib, and None for new ones")
        return ax
    import sys

    if "matplotlib.pyplot" in sys.modules:  # a notebook or a script that shows what it makes
        figure = sys.modules["matplotlib.pyplot"].figure(
            figsize=(wide_in, high_in), layout="constrained"
        )
    else:
        figure = Figure(figsize=(wide_in, high_in), layout="constrained")
    return figure.add_subplot()


@contextmanager
def in_style(style: Any) -> Iterator[None]:
    """Draw in a style of Matplotlib; None leaves the one in force.

    Parameters
    ----------
    style : str, Path, dict or list of them
        What `matplotlib.style.use` takes.

    Raises
    ------
    EndplateError
        It is no style, or Matplotlib is not installed.
    """
    if style is None:
        yield
        return
    required("matplotlib", EXTRA, "A figure")
    from matplotlib import style as styles

    context = styles.context(style)
    try:
        context.__enter__()
    except Exception:  # whatever Matplotlib does with what is no style
        raise wrong(
            "style", style, "names, files and dictionaries of Matplotlib styles, and lists of them"
        ) from None
    try:
        yield
    finally:
        context.__exit__(None, None, None)


def _of_style(name: Any, ours: Any) -> Any:
    """A setting of the style in force, ours where that is Matplotlib's default."""
    from matplotlib import rcParams, rcParamsDefault

    return ours if rcParams[name] == rcParamsDefault[name] else rcParams[name]


def _ink() -> str:
    return _of_style("text.color", INK)


def _paper() -> str:
    from matplotlib import rcParams

    return rcParams["axes.facecolor"]


def _colours() -> tuple[str, ...]:
    """Colours of what is told apart, the first of them that of the treated."""
    cycle = _of_style("axes.prop_cycle", None)
    own = () if cycle is None else tuple(cycle.by_key().get("color", ()))
    return own or COLOURS


def _colour(n: int) -> str:
    every = _colours()
    return every[n % len(every)]


def spaced(code: str) -> str:
    """A code as words in sentence case.

    Examples
    --------
    >>> spaced("glabellar_lines")
    'Glabellar lines'
    """
    words = code.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _bare(ax: Any) -> None:
    """Without a box, and with pale lines across."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="y", color=_of_style("grid.color", PALE), linewidth=0.6)
    ax.set_axisbelow(True)


@dataclass(frozen=True)
class ResultPlots:
    """Figures of one result; each method returns the axes it drew on."""

    result: "Result"

    def timeline(self, indication: str | None = None, ax: Any = None, style: Any = None) -> Any:
        """The course of the main scale of an area: bands of half and of 9 of 10 people, placebo.

        Parameters
        ----------
        indication : str
            Area of the plan; the first one unless given.
        ax : matplotlib.axes.Axes
            Where to draw; a new figure unless given.
        style : str, Path, dict or list of them
            A style of Matplotlib, as `plt.style.use` takes it; the one in force unless given.

        Raises
        ------
        EndplateError
            The result has no such area or no course, `ax` is no axes, or Matplotlib is not there.

        Examples
        --------
        >>> import endplate
        >>> result = endplate.simulate(endplate.DEMO_PLAN, people=64)
        >>> result.plot.timeline().get_xlabel()
        'Weeks after the treatment'
        """
        with in_style(style):
            code = self._area(indication)
            own, placebo = _main_series(self.result, code)
            ax = axes_of(ax)
            weeks = [day / 7 for day in self.result.course.day]
            for low, high, alpha, name in (
                (own.p05, own.p95, 0.15, "9 of 10 people"),
                (own.p25, own.p75, 0.32, "half of people"),
            ):
                if low and high:
                    ax.fill_between(
                        weeks, low, high, color=_colour(0), alpha=alpha, linewidth=0, label=name
                    )
            ax.plot(weeks, own.median, color=_colour(0), linewidth=2, label="median")
            if placebo is not None:
                ax.plot(weeks, placebo.median, color=GREY, linestyle="--", label="placebo, median")
            last = _last_week(self.result, code)
            ax.set_xlim(0, last)
            _bare(ax)
            _events(ax, self.result, code)
            ax.set_xlabel("Weeks after the treatment")
            ax.set_ylabel(_scale_words(own))
            ax.set_title(spaced(code), loc="left", pad=32, color=_ink())
            ax.legend(frameon=False, fontsize="small", loc="best")
            return ax

    def outcomes(self, indication: str | None = None, ax: Any = None, style: Any = None) -> Any:
        """Endpoints of an area on the days of the visits, with intervals and published figures.

        Parameters
        ----------
        indication : str
            Area of the plan; the first one unless given.
        ax : matplotlib.axes.Axes
            Where to draw; a new figure unless given.
        style : str, Path, dict or list of them
            A style of Matplotlib, as `plt.style.use` takes it; the one in force unless given.

        Raises
        ------
        EndplateError
            The result has no such area or no outcome, `ax` is no axes, or Matplotlib is not there.

        Examples
        --------
        >>> import endplate
        >>> result = endplate.simulate(endplate.DEMO_PLAN, people=64)
        >>> result.plot.outcomes().get_ylabel()
        'People out of 100'
        """
        with in_style(style):
            code = self._area(indication)
            rows, shares = self._outcome_rows(code)
            ax = axes_of(ax, high_in=4.2)
            names = list(dict.fromkeys(row.endpoint for row in rows))[:_FEW]
            for n, name in enumerate(names):
                own = [row for row in rows if row.endpoint == name]
                _endpoint(ax, own, _colour(n), 1.6 * (n - (len(names) - 1) / 2))
            if any(row.trials for row in rows if row.endpoint in names):
                ax.plot(
                    [], [], "o", color=GREY, markerfacecolor="none", label="published by a trial"
                )
            if any(row.placebo is not None for row in rows if row.endpoint in names):
                ax.plot([], [], ":", color=GREY, label="under placebo")
            _bare(ax)
            ax.set_xlabel("Days after the treatment")
            ax.set_ylabel("People out of 100" if shares else f"Mean [{rows[0].unit}]")
            if shares:
                ax.set_ylim(0, 103)
            ax.set_title(spaced(code), loc="left", color=_ink())
            ax.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1.0, 1.0))
            return ax

    def chart(self, chart: str | None = None, ax: Any = None, style: Any = None) -> Any:
        """The injected sites with their units, and how much of each muscle is silenced at most.

        Muscles are the blocks of the model, in mm; the patient's left is on the right.

        Parameters
        ----------
        chart : str
            Chart of the body, as `upper_face`; the first of the plan unless given.
        ax : matplotlib.axes.Axes
            Where to draw; a new figure unless given.
        style : str, Path, dict or list of them
            A style of Matplotlib, as `plt.style.use` takes it; the one in force unless given.

        Raises
        ------
        EndplateError
            The plan has no such chart or no site, `ax` is no axes, or Matplotlib is not there.

        Examples
        --------
        >>> import endplate
        >>> result = endplate.simulate(endplate.DEMO_PLAN, people=64)
        >>> result.plot.chart().get_title("left")
        'Upper face'
        """
        with in_style(style):
            charts = list(dict.fromkeys(s.chart for s in self.result.plan.sites if s.chart))
            if not charts:
                raise EndplateError("The result has no site on a chart.")
            name = charts[0] if chart is None else one_of("chart", chart, charts)
            ax = axes_of(ax, high_in=5.6)
            _muscles(ax, self.result, name)
            _sites(ax, self.result, name)
            ax.set_aspect("equal")
            ax.autoscale_view()
            ax.margins(0.04)
            ax.spines[["top", "right"]].set_visible(False)
            ax.set_xlabel("mm to the patient's left")
            ax.set_ylabel("mm up")
            ax.set_title(spaced(name), loc="left", color=_ink(), pad=22)
            return ax

    def forest(
        self,
        indication: str | None = None,
        day: float | None = None,
        ax: Any = None,
        style: Any = None,
    ) -> Any:
        """Every endpoint of an area on one visit, with its interval and published figures.

        Parameters
        ----------
        indication : str
            Area of the plan; the first one unless given.
        day : float
            Day of a visit [d]; the one nearest to the median peak unless given.
        ax : matplotlib.axes.Axes
            Where to draw; a new figure unless given.
        style : str, Path, dict or list of them
            A style of Matplotlib, as `plt.style.use` takes it; the one in force unless given.

        Raises
        ------
        EndplateError
            The result has no such area, visit or interval, `ax` is no axes, or Matplotlib is not
            there.

        Examples
        --------
        >>> import endplate
        >>> result = endplate.simulate(endplate.DEMO_PLAN, people=64)
        >>> result.plot.forest(day=30).get_title("left")
        'Glabellar lines, day 30'
        """
        code = self._area(indication)
        wanted = None if day is None else number("day", day, 0, _MOST_D)
        rows, shares = self._outcome_rows(code)
        chosen = self._visit(code, sorted({row.day for row in rows}), wanted)
        drawn = [
            ForestRow(
                row.endpoint.replace("_", " "),
                row.value,
                row.low,
                row.high,
                tuple(figure.value for figure in row.trials),
            )
            for row in rows
            if row.day == chosen
        ]
        words = "People out of 100" if shares else f"Mean [{rows[0].unit}]"
        return forest(drawn, words, f"{spaced(code)}, day {chosen:g}", ax=ax, style=style)

    def _visit(self, code: str, days: list[float], wanted: float | None) -> float:
        """The visit of a day, or the one nearest to the median peak."""
        if wanted is None:
            peak = self.result.timing_of(code).get("peak_d")
            near = _FIRST_LOOK_D if peak is None or peak.median is None else peak.median
            return min(days, key=lambda one: abs(one - near))
        if wanted not in days:
            told = ", ".join(f"{one:g}" for one in days)
            raise EndplateError(f"day is {wanted:g}; allowed are the visits on {told}.")
        return wanted

    def _outcome_rows(self, code: str) -> "tuple[list[Outcome], bool]":
        """Outcomes of an area that have one unit, and whether they are people out of 100."""
        shares = self.result.shares_of(code)
        rows = shares or self.result.means_of(code)
        if not rows:
            raise EndplateError(f"The result has no outcome of {code}.")
        return [row for row in rows if row.unit == rows[0].unit], bool(shares)

    def _area(self, indication: str | None) -> str:
        areas = self.result.indications
        if not areas:
            raise EndplateError("The result has no area.")
        return areas[0] if indication is None else one_of("indication", indication, areas)


def _main_series(result: "Result", code: str) -> "tuple[Series, Series | None]":
    """The main scale of an area and the same under placebo."""
    names = [one.name for one in result.course.series if one.name.split(":")[-1] == code]
    for name in names:
        kind, *rest = name.split(":")
        own = result.series(name)
        if own is not None and kind in ("severity_contraction", "level"):
            other = "severity_placebo" if kind == "severity_contraction" else "level_placebo"
            return own, result.series(":".join([other, *rest]))
    raise EndplateError(f"The result has no course of {code}.")


def _scale_words(series: "Series") -> str:
    kind, *rest = series.name.split(":")
    if kind == "severity_contraction":
        return f"Severity at contraction [{series.unit}]"
    scale = baseline_scales().get(rest[0])
    return f"{spaced(scale.name if scale else rest[0])} [{series.unit}]"


def _last_week(result: "Result", code: str) -> float:
    """End of the axis: some weeks after nearly all have lost the effect."""
    last = result.horizon_d
    duration = result.timing_of(code).get("duration_d")
    if duration is not None and duration.p95 is not None:
        last = min(last, duration.p95 + 28)
    return last / 7


def _events(ax: Any, result: "Result", code: str) -> None:
    """Median onset, peak and wearing off as marks above the axes."""
    words = {"onset_d": "onset", "peak_d": "peak", "duration_d": "worn off"}
    room = _WORD_SHARE * ax.get_xlim()[1]
    lowest = -room
    for event, time in result.timing_of(code).items():
        if time.median is None or time.median >= result.horizon_d:
            continue
        week = time.median / 7
        ax.axvline(week, color=GREY, linewidth=0.8, linestyle=":")
        crowded = week - lowest < room  # its word stands above that of the event before
        lowest = lowest if crowded else week
        ax.annotate(
            words[event],
            (week, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 15 if crowded else 4),
            textcoords="offset points",
            ha="center" if event != "onset_d" else "left",
            fontsize="small",
            color=_ink(),
        )


def _endpoint(ax: Any, rows: "Sequence[Outcome]", colour: str, shift_d: float) -> None:
    """One endpoint over the visits, set aside a little beside the others."""
    days = [row.day + shift_d for row in rows]
    values = [row.value for row in rows]
    ax.vlines(days, [row.low for row in rows], [row.high for row in rows], color=colour, alpha=0.35,
              linewidth=3)  # fmt: skip
    ax.plot(days, values, "-o", color=colour, markersize=_MARKER, linewidth=1.4,
            label=rows[0].endpoint.replace("_", " "))  # fmt: skip
    placebo = [(row.day, row.placebo) for row in rows if row.placebo is not None]
    if placebo:
        ax.plot(*zip(*placebo, strict=True), ":", color=colour, linewidth=1.2)
    seen = [(figure.day + shift_d, figure.value) for row in rows for figure in row.trials]
    if seen:
        ax.plot(*zip(*seen, strict=True), "o", color=colour, markerfacecolor=_paper(),
                markersize=_MARKER, linestyle="none", zorder=3)  # fmt: skip


def _muscles(ax: Any, result: "Result", chart: str) -> None:
    """Blocks of the chart, the redder the more of them is silenced."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LinearSegmentedColormap, Normalize
    from matplotlib.patches import Polygon

    colours = LinearSegmentedColormap.from_list("silenced", ["#f3f4f6", "#f0b49e", "#b42318"])
    silenced = {(row.muscle, row.side): row.peak_block for row in result.reach}
    drawn = [
        (block, side, silenced.get((block.muscle, side), 0.0))
        for block in chart_blocks(chart)
        for side in (("left", "right") if block.paired else ("midline",))
    ]
    for block, side, share in sorted(drawn, key=lambda one: one[2]):
        corners = [(-x if side == "right" else x, y) for x, y in _corners(block)]
        ax.add_patch(
            Polygon(corners, facecolor=colours(share), edgecolor=GREY, linewidth=0.5, alpha=0.85)
        )
    shown = ScalarMappable(Normalize(0, 100), colours)
    bar = ax.figure.colorbar(shown, ax=ax, shrink=0.6, pad=0.02)
    bar.set_label("Silenced at most, % (median of people)", fontsize="small")
    bar.outline.set_visible(False)


def _corners(block: MuscleBlock) -> list[tuple[float, float]]:
    """Outline of a block seen from the front; one whose fibres run into the depth as a square."""
    x, y, _ = block.centre_mm
    along_x, along_y, _ = block.fibre
    angle = atan2(along_y, along_x) if hypot(along_x, along_y) > 1e-9 else 0.0
    half = max(block.length_mm * hypot(along_x, along_y), block.thickness_mm) / 2
    across = block.width_mm / 2
    turn = ((half, across), (-half, across), (-half, -across), (half, -across))
    return [
        (x + a * cos(angle) - b * sin(angle), y + a * sin(angle) + b * cos(angle)) for a, b in turn
    ]


def _sites(ax: Any, result: "Result", chart: str) -> None:
    """Sites as dots, larger for more units, with the units beside them."""
    sites = [site for site in result.plan.sites if site.chart == chart]
    largest = max(site.dose_u for site in sites)
    few = len(sites) <= _LABELLED
    for dose_u in sorted({site.dose_u for site in sites}):
        own = [site for site in sites if site.dose_u == dose_u]
        ax.scatter(
            [site.x_mm for site in own],
            [site.y_mm for site in own],
            s=(30 + 90 * dose_u / largest) * (1.0 if few else 0.3),
            color=_ink(),
            edgecolors=_paper(),
            linewidths=1.0 if few else 0.5,
            zorder=4,
            label=f"{dose_u:.3g} U, {len(own)} sites",
        )
    if not few:
        ax.legend(frameon=False, fontsize="small", loc="lower left", bbox_to_anchor=(0.0, 1.0),
                  ncols=3)  # fmt: skip
    if len(sites) > _LABELLED:
        return
    for site in sites:
        ax.annotate(
            f"{site.dose_u:.3g} U",
            (site.x_mm, site.y_mm),
            xytext=(0, 9),
            textcoords="offset points",
            ha="center",
            fontsize="small",
            color=_ink(),
            zorder=5,
            bbox={"boxstyle": "round,pad=0.1", "fc": _paper(), "ec": "none", "alpha": 0.75},
        )


@dataclass(frozen=True)
class ForestRow:
    """One figure with its interval; `published` is what was observed beside it, of each trial.

    `good` says whether the two agree.
    """

    label: str
    value: float
    low: float
    high: float
    published: tuple[float, ...] = ()
    good: bool = True
    group: str = ""


def forest(
    rows: Sequence[ForestRow],
    words: str,
    title: str,
    reference: float | None = None,
    ax: Any = None,
    style: Any = None,
) -> Any:
    """Figures with their intervals, one below the other.

    Parameters
    ----------
    rows : sequence of ForestRow
        Figures from the top down; rows of one group have one colour.
    words : str
        Words of the axis, with the unit.
    title : str
        Title.
    reference : float
        Where a line stands, as that of no difference.
    ax : matplotlib.axes.Axes
        Where to draw; a new figure unless given.
    style : str, Path, dict or list of them
        A style of Matplotlib, as `plt.style.use` takes it; the one in force unless given.

    Raises
    ------
    EndplateError
        There is no row, `ax` is no axes, or Matplotlib is not installed.
    """
    with in_style(style):
        if not rows:
            raise EndplateError("There is no figure to draw.")
        shown = list(rows)[:_MANY]
        ax = axes_of(ax, wide_in=8.0, high_in=1.7 + _ROW_IN * len(shown))
        groups = list(dict.fromkeys(row.group for row in shown))
        for n, row in enumerate(shown):
            colour = _colour(groups.index(row.group)) if row.good else MISSED
            ax.plot([row.low, row.high], [n, n], color=colour, alpha=0.45, linewidth=3.5,
                    solid_capstyle="butt")  # fmt: skip
            ax.plot([row.value], [n], "s", color=colour, markersize=_MARKER)
            if row.published:
                ax.plot(
                    row.published,
                    [n] * len(row.published),
                    "o",
                    color=_ink(),
                    markerfacecolor=_paper(),
                    markersize=_MARKER,
                    zorder=3,
                )
        if reference is not None:
            ax.axvline(reference, color=_ink(), linewidth=0.8)
        ax.set_yticks(range(len(shown)), [row.label for row in shown], fontsize="small")
        ax.set_ylim(len(shown) - 0.4, -0.6)
        ax.spines[["top", "right", "left"]].set_visible(False)
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="x", color=_of_style("grid.color", PALE), linewidth=0.6)
        ax.set_axisbelow(True)
        ax.set_xlabel(words)
        more = f" (the first {_MANY} of {len(rows)})" if len(rows) > _MANY else ""
        ax.set_title(title + more, loc="left", color=_ink())
        _forest_legend(ax, shown, groups)
        return ax


def _forest_legend(ax: Any, rows: Sequence[ForestRow], groups: Sequence[str]) -> None:
    """What the marks mean, below the axis."""
    if len(groups) > 1:
        for n, group in enumerate(groups):
            ax.plot([], [], "s-", color=_colour(n), label=group)
    elif any(row.published for row in rows):
        ax.plot([], [], "s-", color=_colour(0), label="predicted, 90 % interval")
    if any(row.published for row in rows):
        ax.plot([], [], "o", color=_ink(), markerfacecolor=_paper(), label="published")
    if any(not row.good for row in rows):
        ax.plot([], [], "s-", color=MISSED, label="published lies outside")
    if ax.get_legend_handles_labels()[0]:
        below = -0.65 / ax.figure.get_size_inches()[1]
        ax.legend(frameon=False, fontsize="small", loc="upper right",
                  bbox_to_anchor=(1.0, below), ncols=2)  # fmt: skip
