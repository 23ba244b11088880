"""`endplate times`: onset, peak and wearing off of every use, published beside ours."""

from typing import Annotated, Any

import typer

from endplate.cli.progress import with_progress
from endplate.cli.simulation import Json, write_json

People = Annotated[int, typer.Option(help="Virtual people for each use.", min=16, max=100_000)]
_COMPARE = {
    "middle": "middle person",
    "by": "by that day",
    "visit": "day looked at",
    "at_least": "at least",
}


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def times(people: People = 512, json: Json = False) -> None:
        """Compare published onset, peak and duration of every use with ours at the label's dose."""
        from endplate.engine.compile_cache import use_compile_cache
        from endplate.validation.times import times as run

        use_compile_cache()
        result = with_progress("uses", lambda told: run(people, told)).as_dict()
        if json:
            write_json(result)
        else:
            typer.echo("\n".join(_lines(result)))


def _lines(result: dict[str, Any]) -> list[str]:
    lines = ["Days of onset, largest effect and wearing off at the label's dose", ""]
    lines.append(
        f"{'use':34}{'product':21}{'phase':10}{'published':>12}  {'what it is':15}"
        f"{'ours':>6}{'middle half':>14}{'as the trial':>14}"
    )
    for row in result["rows"]:
        low, high = row["low_d"], row["high_d"]
        published = f"{low:.0f}" if low == high else f"{low:.0f}-{high:.0f}"
        is_missing = row["ours_d"] is None
        ours = "-" if is_missing else f"{row['ours_d']:.0f}"
        middle_half = "" if is_missing else f"{row['ours_p25_d']:.0f}-{row['ours_p75_d']:.0f}"
        as_trial = "" if row["as_trial_d"] is None else f"{row['as_trial_d']:.0f}"
        lines.append(
            f"{row['indication']:34}{row['product']:21}{row['phase']:10}"
            f"{published + ('' if row['verified'] else ' *'):>12}  {_COMPARE[row['compare']]:15}"
            f"{ours:>6}{middle_half:>14}{as_trial:>14}{'' if row['inside'] else '  MISS'}"
            f"{_share(row)}"
        )
    missed = [row for row in result["rows"] if not row["inside"]]
    lines += ["", f"Missed: {len(missed)} of {len(result['rows'])}", ""]
    lines += [
        "A duration fits within 15 %; a peak fits where at least 85 % of our largest effect is",
        "there on the day the trial looked. Where a trial's definition of a duration is known,",
        "what it would print of our people (as the trial: lost at a visit, each with its scatter,",
        "or asked for again) is compared; ours is when the response itself ends.",
        "* figure not verified in a second source",
    ]
    lines += [
        f"Left out: {s['product']} for {s['indication']}: {s['reason']}" for s in result["skipped"]
    ]
    return lines


def _share(row: dict[str, Any]) -> str:
    share = row["effect_share"]
    return "" if share is None else f"  ({100 * share:.0f} % of our largest effect then)"
