"""`endplate validate`: predicted against published, the misses first."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from endplate.cli.output import HTML, Force, output_file
from endplate.cli.progress import with_progress
from endplate.cli.simulation import EndpointsFile, Json, ModelChoices, write_json

if TYPE_CHECKING:
    from endplate.facts.trials import TrialFigure
    from endplate.validation.results import LeftOutTrials, Summary, Target, Validation

Trials = Annotated[
    Path | None,
    typer.Option(
        help="CSV table of published figures; the shipped one if not given.", show_default=False
    ),
]
Report = Annotated[
    Path | None,
    typer.Option(
        help="Where to write the qualification report: one .html file.",
        show_default=False,
    ),
]
Store = Annotated[
    bool,
    typer.Option(
        "--store", help="Keep the predictions of the shipped figures, as the app shows them."
    ),
]
Rivals = Annotated[
    bool,
    typer.Option(
        "--rivals",
        help="Print the errors under each rival hypothesis as a table, in place of the rest.",
    ),
]
MOST_MISSES = 20


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def validate(
        trials: Trials = None,
        report: Report = None,
        store: Store = False,
        model: ModelChoices = None,
        endpoints: EndpointsFile = None,
        rivals: Rivals = False,
        json: Json = False,
        force: Force = False,
    ) -> None:
        """Predict published trial figures and say how far off the model is.

        Rival hypotheses (--model) run with the parameters that were fitted with the default ones.
        """
        from endplate.errors import EndplateError

        if store and trials is not None:
            raise EndplateError("--store keeps the shipped figures; it goes with no --trials.")
        if store and model:
            raise EndplateError("--store keeps the default model's figures; it takes no --model.")
        if store and endpoints is not None:
            raise EndplateError("--store keeps the shipped figures; it takes no --endpoints.")
        output_file(report, HTML, force, "--report")
        from endplate.model import Model

        hypotheses = Model.parse(model or ())
        from endplate.facts.custom_endpoints import read_endpoints

        custom = read_endpoints(endpoints) if endpoints else ()
        from endplate.engine.compile_cache import use_compile_cache
        from endplate.facts.trials import defined_by, trial_figures
        from endplate.fit.trial_table import read_trials
        from endplate.forecast import chosen_options
        from endplate.validation.stored import stored_left_out
        from endplate.validation.validate import validate as run

        figures = trial_figures() if trials is None else read_trials(trials)
        figures = defined_by(figures, custom)
        use_compile_cache()
        if rivals:
            lines = with_progress("models", lambda told: _rival_lines(figures, told))
            typer.echo("\n".join(lines))
            return
        validation = with_progress(
            "groups of uses", lambda told: run(figures, told, model=hypotheses)
        )
        if store:
            _store(validation)
        left_out = stored_left_out()
        choices = chosen_options(hypotheses, {}, endpoints.name if endpoints else "")
        # they are of the shipped trials and of the default model
        shown_left_out = left_out if trials is None and not choices else None
        if json:
            write_json(validation.as_dict() | {"left_out": left_out.as_dict()})
        else:
            typer.echo("\n".join(_lines(validation, shown_left_out, hypotheses.choices())))
        if report is not None:
            from endplate.views.qualification import qualification_page, write_qualification

            table = f" --trials {trials.name}" if trials else ""
            command = f"endplate validate{table}{choices} --report {report.name}"
            page = qualification_page(validation, figures, shown_left_out, command)
            path = write_qualification(page, report)
            typer.echo(f"The report is in {path.resolve()}", err=True)


def _rival_lines(
    figures: "tuple[TrialFigure, ...]", progress: Callable[[int, int], None]
) -> list[str]:
    """A table in Markdown of what each hypothesis does to the published figures."""
    from endplate.validation.validate import rival_errors

    lines = [
        "| model | percents, points | changes, over what is small | times, d |",
        "|---|---|---|---|",
    ]
    for row in rival_errors(figures, progress):
        numbers = (row.percent, row.change, row.duration_d)
        cells = [
            "-" if n is None else f"{n:.{d}f}" for n, d in zip(numbers, (1, 2, 0), strict=True)
        ]
        name = ", ".join(f"`{choice}`" for choice in row.model.choices()) or "default"
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def _store(validation: "Validation") -> None:
    from endplate.facts.table import TABLES
    from endplate.files.output import replaced_together
    from endplate.validation.stored import write_validated

    with replaced_together(TABLES) as folder:
        written = write_validated(validation, folder)
    for path in written:
        typer.echo(f"Written: {TABLES / path.name}", err=True)


def _lines(
    validation: "Validation", left_out: "LeftOutTrials | None", choices: tuple[str, ...] = ()
) -> list[str]:
    result = validation.as_dict()
    lines = ["Predicted against published (error = predicted - published)", ""]
    if choices:
        lines += [f"Model: {', '.join(choices)}; parameters as fitted with the default model", ""]
    lines += [*_targets(validation.targets), ""]
    if left_out is not None:
        lines += ["Each trial predicted by a fit that has not seen it or its programme"]
        lines += _targets(left_out.targets)
        lines.append(
            f"{len(left_out.k_hat)} trials left out in turn; for {len(left_out.refitted)} the "
            "chains ran again, for the others the draws were weighed anew"
        )
        scores = _scores(left_out.summary)
        lines += [f"SD of normal scores, 1 where intervals are as wide as they say: {scores}", ""]
    lines.append(
        f"{'area':34}{'kind':16}{'figures':>8}{'mean abs error':>16}{'bias':>8}{'in 90 %':>9}"
        f"{'score SD':>10}"
    )
    for row in result["summary"]:
        mae = "-" if row["mae"] is None else f"{row['mae']:.1f} {row['unit']}"
        bias = "-" if row["bias"] is None else f"{row['bias']:+.1f}"
        inside = f"{row['coverage_90']:.0f} %"
        score = "-" if row["score_sd"] is None else f"{row['score_sd']:.2f}"
        area = ", ".join(filter(None, (row["indication"], row["tissue"])))
        lines.append(
            f"{area:34}{row['kind'].replace('_', ' '):16}{row['n']:>8}{mae:>16}{bias:>8}{inside:>9}"
            f"{score:>10}"
        )
    outside = [row for row in result["rows"] if not row["inside"]]
    outside.sort(key=lambda row: -abs(row["predicted"] - row["observed"]))
    lines += ["", f"Outside their 90 % interval: {len(outside)} of {len(result['rows'])}"]
    for row in outside[:MOST_MISSES]:
        day = "" if row["day"] is None else f" day {row['day']:g}"
        lines.append(
            f"  {row['trial_id']} {row['arm']}{day} {row['endpoint']}: published "
            f"{row['observed']:g}, predicted {row['predicted']:.3g} "
            f"({row['low']:.3g} to {row['high']:.3g}) {row['unit']}"
            + ("" if row["verified"] else " *")
        )
    if len(outside) > MOST_MISSES:
        lines.append(f"  and {len(outside) - MOST_MISSES} more; --json lists all")
    lines += ["* figure not verified in a second source", ""]
    reasons: dict[str, int] = {}
    for row in result["skipped"]:
        reasons[row["reason"]] = reasons.get(row["reason"], 0) + 1
    lines.append(f"Skipped: {len(result['skipped'])} figures")
    lines += [f"  {count} x {reason}" for reason, count in reasons.items()]
    return lines


def _scores(summary: "Summary") -> str:
    """Spread of the normal scores of each kind, over all areas."""
    whole = [e for e in summary if e["indication"] == "all" and not e["tissue"] and e["score_sd"]]
    return ", ".join(f"{e['kind'].replace('_', ' ')} {e['score_sd']:.2f}" for e in whole)


def _targets(targets: "tuple[Target, ...]") -> list[str]:
    from endplate.views.qualification.words import target_row

    rows = [("promised", "figures", "measured", "required", "")]
    rows += [
        (target.words, str(target.n), target.measured, target.asked, target.verdict)
        for target in map(target_row, targets)
    ]
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    lines = []
    for words, *cells in rows:
        right = "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, others, strict=True))
        lines.append(f"{words:{first}}  {right}".rstrip())
    return lines
