"""The page of all parameters: value, interval, source, and the trials that set each."""

import re
from collections.abc import Iterator

TIERS = {
    "shared": (
        "Shared by all uses",
        "Numbers of the chain, of raters and of the scatter between trials. Those of raters and "
        "thresholds are of lines alone; the table says which trials each is predicted with.",
    ),
    "indication": (
        "Of one use",
        "Load per dose density of onabotulinumtoxinA, what of the lines or of the burden the "
        "treated drive makes, and what placebo does.",
    ),
    "product": (
        "Of one product",
        "Ratios at the nerve ending in this model. They are no dose conversion.",
    ),
    "tissue": ("Of one tissue", "How much longer a light chain keeps an ending silent there."),
    "burden": ("Fitted on burdens", "Type B, and the scatter of mean changes between trials."),
}
FEW = 6  # trials listed in the open; more are folded


def parameter_page() -> str:
    """The whole page."""
    from endplate.facts.parameters import fit_rows, parameters

    tiers = dict.fromkeys([*TIERS, *(row.tier for row in fit_rows())])
    lines = ["# Parameters", "", "Made by `make docs` from the tables.", "", *INTRO]
    lines += ["## Fitted to trials", ""]
    for tier in tiers:
        title, said = TIERS.get(tier, (tier, ""))
        lines += [f"### {title}", "", *([said, ""] if said else [])]
        own = [row for row in fit_rows() if row.tier == tier]
        header = ("parameter", "value", "prior", "set by (figures of each trial)", "what it is")
        lines += _rows(header, [_fitted(row) for row in own])
    lines += ["## Fixed", ""]
    for step in dict.fromkeys(row.step for row in parameters()):
        lines += [f"### {step.capitalize()}", ""]
        own = [row for row in parameters() if row.step == step]
        header = ("parameter", "value", "kind", "source", "what it is")
        lines += _rows(header, [_fixed(row) for row in own])
    return "\n".join([*lines, *_trial_list()]).rstrip() + "\n"


INTRO = (
    "A *fixed* parameter comes from the literature or is assumed. A *fitted* one is set by "
    "published trial figures (`endplate calibrate`) from the prior beside it. In brackets is the "
    "90 % interval of a fitted value, the bounds given for a fixed one.",
    "",
    "Fitted values are *derived* from trials and have no other source. **not read** marks a "
    "figure that was not checked in its source. *Assumed* figures rest on nothing but the reason "
    "given. A trial sets a parameter when one of its figures is predicted with it; its name leads "
    "to [the list of trials](#trials-behind-the-fit) at the foot.",
    "",
)


def _rows(header: tuple[str, ...], body: list[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield "|" + "---|" * len(header)
    for row in body:
        yield f"| {' | '.join(map(_cell, row))} |"
    yield ""


def _cell(text: str) -> str:
    """Text that cannot break out of a table cell."""
    return " ".join(text.split()).replace("|", "\\|")


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _value(value: float, low: float | None, high: float | None, unit: str) -> str:
    """A value with its interval and unit; a plain ratio has none."""
    ends = [_number(end) for end in (low, high) if end is not None]
    span = f" ({' to '.join(ends)})" if len(ends) == 2 else ""
    return f"{_number(value)}{span}{'' if unit == '1' else f' {unit}'}"


def _fixed(row) -> tuple[str, ...]:
    mark = "" if row.verified or row.kind == "assumed" else ", **not read**"
    where = f", {row.locator}" if row.locator and row.kind != "assumed" else ""
    return (
        f"`{row.id}`",
        _value(row.value, row.low, row.high, row.unit),
        row.kind,
        f"{_source(row.source)}{where}{mark}",
        row.note,
    )


def _fitted(row) -> tuple[str, ...]:
    from endplate.facts.store import table

    (stored,) = (one for one in table("fitted") if one["id"] == row.id)
    value, low, high = (float(stored[name]) for name in ("value", "low", "high"))
    return (
        f"`{row.id}`",
        _value(value, low, high, row.unit),
        _prior(row),
        _trials(row.id),
        row.note,
    )


def _prior(row) -> str:
    """Middle and 90 % interval of a prior on the natural scale."""
    from math import exp

    back = {
        "identity": lambda x: x,
        "log": exp,
        "logit": lambda x: 1 / (1 + exp(-x)),
    }[row.transform]
    ends = (row.prior_mean + way * 1.645 * row.prior_sd for way in (0, -1, 1))
    return _value(*map(back, ends), "1")


def _trials(parameter_id: str) -> str:
    """Trials that set a parameter, each a link; many are folded."""
    from endplate.learn.informing import trials_informing

    found = trials_informing(parameter_id)
    links = ", ".join(
        f'<a href="#{_anchor(one.trial_id, one.indication)}">{one.trial_id}</a> ({one.rows})'
        for one in found
    )
    if len(found) <= FEW:
        return links
    uses = len({one.indication for one in found})
    figures = sum(one.rows for one in found)
    of = f" of {uses} uses" if uses > 1 else ""
    said = f"{len(found)} trials{of}, {figures} figures"
    return f"<details><summary>{said}</summary>{links}</details>"


def _trial_list() -> Iterator[str]:
    """Every trial behind the fit, by use, with its sources."""
    from endplate.learn.informing import fitted_figures, grouped

    figures = fitted_figures()
    yield from ("## Trials behind the fit", "")
    for use in dict.fromkeys(figure.indication for figure in figures):
        yield from (f"### {use.replace('_', ' ').capitalize()}", "")
        body = []
        for one in grouped(tuple(figure for figure in figures if figure.indication == use)):
            own = [f for f in figures if (f.trial_id, f.indication) == (one.trial_id, use)]
            read = sum(figure.verified for figure in own)
            products = dict.fromkeys(f.product for f in own if f.product != "placebo")
            body.append(
                (
                    f'<a id="{_anchor(one.trial_id, use)}"></a>{one.trial_id}',
                    ", ".join(products) or "placebo alone",
                    f"{one.rows}" if read == one.rows else f"{one.rows}, **{read} read**",
                    ", ".join(map(_source, one.sources)),
                )
            )
        yield from _rows(("trial", "product", "figures", "source"), body)


def _anchor(trial_id: str, indication: str) -> str:
    return "trial-" + re.sub(r"[^a-z0-9]+", "-", f"{indication} {trial_id}".lower()).strip("-")


def _source(keys: str) -> str:
    """Keys of sources as links with their titles."""
    from endplate.facts.sources import source

    told = []
    for key in keys.split(";"):
        one = source(key.strip())
        title = one.title.replace('"', "'")
        told.append(f'[{one.key}]({one.link} "{title}")' if one.link else one.key)
    return ", ".join(told)
