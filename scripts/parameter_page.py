"""The page of all parameters: value, interval, source, and the trials that set each."""

import re
from collections.abc import Iterator

FEW = 6  # trials listed in the open; more are folded


def parameter_page() -> str:
    """The whole page."""
    from endplate.views.parameters import TIERS, fitted_parameters, fixed_parameters

    every = fitted_parameters()
    tiers = dict.fromkeys([*TIERS, *(row.tier for row in every)])
    lines = ["# Parameters", "", "Made by `make docs` from the tables.", "", *INTRO]
    lines += ["## Fitted to trials", ""]
    for tier in tiers:
        title, said = TIERS.get(tier, (tier, ""))
        lines += [f"### {title}", "", *([said, ""] if said else [])]
        own = [row for row in every if row.tier == tier]
        header = ("parameter", "value", "prior", "set by (figures of each trial)", "what it is")
        lines += _rows(header, [_fitted(row) for row in own])
    lines += ["## Fixed", ""]
    for step in dict.fromkeys(row.step for row in fixed_parameters()):
        lines += [f"### {step.capitalize()}", ""]
        own = [row for row in fixed_parameters() if row.step == step]
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


def _fixed(row) -> tuple[str, ...]:
    mark = ", **not read**" if row.unread else ""
    where = f", {row.locator}" if row.locator else ""
    sources = _source(";".join(row.sources))
    return f"`{row.id}`", row.value, row.kind, f"{sources}{where}{mark}", row.note


def _fitted(row) -> tuple[str, ...]:
    return f"`{row.id}`", row.value, row.prior, _trials(row.trials), row.note


def _trials(found) -> str:
    """Trials that set a parameter, each a link; many are folded."""
    from endplate.views.parameters import trial_count_words

    links = ", ".join(
        f'<a href="#{_anchor(one.trial_id, one.indication)}">{one.trial_id}</a> ({one.rows})'
        for one in found
    )
    if len(found) <= FEW:
        return links
    return f"<details><summary>{trial_count_words(found)}</summary>{links}</details>"


def _trial_list() -> Iterator[str]:
    """Every trial behind the fit, by use, with its sources."""
    from endplate.fit.provenance import by_trial, fitted_figures

    figures = fitted_figures()
    yield from ("## Trials behind the fit", "")
    for use in dict.fromkeys(figure.indication for figure in figures):
        yield from (f"### {use.replace('_', ' ').capitalize()}", "")
        body = []
        for one in by_trial(tuple(figure for figure in figures if figure.indication == use)):
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
