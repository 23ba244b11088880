"""`endplate trial`, `endplate size` and `endplate design`: virtual trials of a design file."""

from pathlib import Path
from typing import Annotated, Any

import typer

from endplate.cli.progress import with_progress
from endplate.cli.simulation import Json, write_json

DesignFile = Annotated[Path, typer.Argument(help="Design file (TOML).", show_default=False)]
Out = Annotated[
    Path,
    typer.Option(help="Folder of the run; new or empty, or with --resume.", show_default=False),
]
People = Annotated[
    int | None,
    typer.Option(
        min=2,
        help="People in all arms together, split by the design's allocation.",
        show_default=False,
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1, max=256, help="Processes; one for each processor unless given.", show_default=False
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Dask scheduler whose workers run it, as tcp://127.0.0.1:8786; they must see the "
        "folder.",
        show_default=False,
    ),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with an unfinished run.")]
Power = Annotated[float, typer.Option(help="Chance that the trial succeeds, 0 to 1.")]


def register_trial(app: typer.Typer) -> None:
    """Add `endplate trial`."""

    @app.command()
    def trial(
        design: DesignFile,
        out: Out,
        people: People = None,
        workers: Workers = None,
        scheduler: Scheduler = None,
        resume: Resume = False,
        json: Json = False,
    ) -> None:
        """Run a virtual trial: power, estimates, false positives, datasets and a report."""
        from endplate.trials import Trial

        loaded = Trial.load(design)
        named = f"trial {design.name}" + (f" --people {people}" if people else "")
        result = with_progress(
            "people",
            lambda progress: loaded.run(out, people, workers, scheduler, resume, named, progress),
        )
        if json:
            write_json(result.summary)
        else:
            typer.echo("\n".join(trial_lines(result.summary)))
        typer.echo(f"The run is in {out.resolve()}", err=True)


def register_size(app: typer.Typer) -> None:
    """Add `endplate size`."""

    @app.command()
    def size(
        design: DesignFile,
        power: Power = 0.9,
        workers: Workers = None,
        scheduler: Scheduler = None,
        json: Json = False,
    ) -> None:
        """Tell how many people per arm a power asks for, with its Monte-Carlo error."""
        from endplate.trials import Trial

        loaded = Trial.load(design)
        result = with_progress(
            "people", lambda progress: loaded.size(power, workers, scheduler, progress)
        )
        if json:
            write_json(result)
        else:
            typer.echo("\n".join(size_lines(result)))


def register_design(app: typer.Typer) -> None:
    """Add `endplate design`."""

    @app.command()
    def design(
        indication: Annotated[
            str, typer.Option(help="Use, as glabellar_lines.", show_default=False)
        ],
    ) -> None:
        """Print a small design that runs as it is, with the visits of a published trial."""
        from endplate.facts.vocabulary import find_word
        from endplate.trials.design import Design
        from endplate.trials.published import example_design

        word = find_word("indication", indication)
        made: Design = example_design(word.preferred if word else indication)
        typer.echo("# endplate trial FILE --out run/ runs this; every field is in docs/trials.md")
        typer.echo(made.dumps().rstrip())


def trial_lines(summary: dict[str, Any]) -> list[str]:
    """What a run shows, for a terminal."""
    arms = ", ".join(f"{arm['name']} {arm['n']}" for arm in summary["arms"])
    lines = [
        f"{summary['title']}: {summary['indication'].replace('_', ' ')}, {arms}, "
        f"{summary['replicates']} replicate{'s' * (summary['replicates'] > 1)}"
    ]
    several = summary["replicates"] > 1
    for row in summary["endpoints"]:
        day = f" day {row['day']:g}" if row["day"] is not None else ""
        lines += ["", f"{row['endpoint']}{day}, {row['arm']} against {row['control']}"]
        if row["estimate"] is not None:
            low, high = row["low"], row["high"]
            between = f" ({low:.3g} to {high:.3g})" if low is not None else ""
            lines.append(f"  estimate   {row['estimate']:.3g} {row['unit']}{between}")
        if several:
            lines.append(f"  power      {row['power']:.1f} % ± {row['power_se']:.1f}")
        else:
            lines.append(f"  p          {row['first_p']:.3g}")
        if row["bias"] is not None and several:
            lines.append(f"  bias       {row['bias']:+.2g} ± {row['bias_se']:.2g}")
        if row["type_one_error"] is not None:
            lines.append(
                f"  type I     {row['type_one_error']:.1f} % ± {row['type_one_error_se']:.1f}"
            )
    out = summary["screening"]["screened_out_percent"]
    lines += ["", f"Screened out: {out:.1f} %."] if out else [""]
    return [*lines, *summary["limits"]]


def size_lines(result: dict[str, Any]) -> list[str]:
    """How many people, for a terminal."""
    arms = ", ".join(f"{arm['name']} {arm['n']}" for arm in result["arms"])
    lines = [
        f"{result['people_per_arm']} people in the largest arm for a power of "
        f"{100 * result['power']:g} % ({result['people_per_arm_low']} to "
        f"{result['people_per_arm_high']}, 90 % of Monte-Carlo error)",
        f"{result['people']} in all: {arms}",
        "",
        f"  {'n':>7}  {'power %':>8}",
    ]
    return lines + [
        f"  {row['n']:7.0f}  {row['percent']:8.1f} ± {row['se']:.1f}" for row in result["curve"]
    ]


register = register_trial
