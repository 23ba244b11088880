"""The `endplate` command: finds the subcommand, turns errors into sentences and exit codes."""

import os
import sys
from contextlib import nullcontext
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

from endplate.cli.interrupt import INTERRUPTED, ended_by_interrupt
from endplate.errors import EndplateError

if TYPE_CHECKING:
    import typer

# Each module has `register(app)`; a command whose module is not there is not offered.
COMMANDS = {
    "check": "endplate.cli.check",
    "why": "endplate.cli.why",
    "plan": "endplate.cli.plan",
    "prepare": "endplate.cli.prepare",
    "vials": "endplate.cli.vials",
    "simulate": "endplate.cli.simulate",
    "compare": "endplate.cli.compare",
    "discuss": "endplate.cli.discuss",
    "personalise": "endplate.cli.personalise",
    "guide": "endplate.cli.guide",
    "export": "endplate.cli.export",
    "design": "endplate.cli.design",
    "trial": "endplate.cli.trial",
    "size": "endplate.cli.size",
    "validate": "endplate.cli.validate",
    "times": "endplate.cli.times",
    "sensitivity": "endplate.cli.sensitivity",
    "calibrate": "endplate.cli.calibrate",
    "sources": "endplate.cli.sources",
    "serve": "endplate.cli.serve",
    "demo": "endplate.cli.demo",
    "clinic": "endplate.cli.clinic",
}
WRONG_USE = 2


def main(arguments: list[str] | None = None) -> None:
    """Run one command and leave with its exit code: 0 done, 1 a stop finding, 2 wrong use."""
    argv = sys.argv[1:] if arguments is None else arguments
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")
    if sys.stdout is None:
        _say("The answer cannot be written: standard output is closed.")
        sys.exit(WRONG_USE)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter gets a substitute, not a traceback.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    # The server ends its own way: it lets go of its visitors first.
    with nullcontext() if argv[:1] == ["serve"] else ended_by_interrupt():
        code = _answered(argv)
    sys.exit(code)


def _answered(argv: list[str]) -> int:
    """Run one command; what it raises on purpose becomes sentences and an exit code."""
    try:
        code = run(argv)
        sys.stdout.flush()
        return code
    except EndplateError as error:
        _flush_what_can_be()
        for sentence in getattr(error, "sentences", None) or [str(error)]:
            _say(sentence)
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader closed the pipe (`endplate ... | head`) and knows it; the code says the rest.
        _drop_output()
    except OSError as error:
        _drop_output()
        what = (
            f"{error.filename} cannot be used" if error.filename else "The answer cannot be written"
        )
        _say(f"{what}: {error.strerror or error}.")
    return WRONG_USE


def _say(sentence: str) -> None:
    """One sentence on stderr, without characters that would steer a terminal."""
    plain = "".join(char if char.isprintable() else "?" for char in sentence)
    try:
        sys.stderr.write(f"{plain}\n")
        sys.stderr.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def _flush_what_can_be() -> None:
    try:
        sys.stdout.flush()
    except OSError:
        _drop_output()


def _drop_output() -> None:
    """Send what is left of the answer nowhere, so that leaving does not fail on it again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    plain = [word for word in arguments[1:] if word != "--json"]
    if arguments[:1] == ["check"] and len(plain) == 1 and not plain[0].startswith("-"):
        # The usual form of `check` needs no option parser: loading one takes longer than checking.
        from endplate.cli.check import check_file

        return check_file(plain[0], len(plain) < len(arguments) - 1)
    app = application(arguments[:1])
    output = sys.stdout
    try:
        result = app(args=arguments, prog_name="endplate", standalone_mode=False)
    except SystemExit:
        if sys.stdout is output:
            raise
        # The option parser meets a closed pipe by wrapping stdout and leaving with 1: a stop.
        sys.stdout = output
        raise BrokenPipeError from None
    except Exception as error:
        # Wrong use, in whichever module the installed typer keeps its errors.
        if type(error).__name__ == "Abort":
            raise KeyboardInterrupt from None
        if not hasattr(error, "format_message"):
            raise
        error.show()  # type: ignore[attr-defined]
        return WRONG_USE
    return result if isinstance(result, int) else 0


def application(commands: list[str]) -> "typer.Typer":
    """Command-line application with the wanted command, or with all when it is none of them."""
    import typer

    app = typer.Typer(
        name="endplate",
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        help="Check, simulate and explain a plan for therapeutic botulinum toxin.",
    )

    @app.callback()
    def options(
        version: Annotated[
            bool,
            typer.Option("--version", help="Print the version.", callback=_version, is_eager=True),
        ] = False,
    ) -> None:
        pass

    names = [name for name in commands if name in COMMANDS] or list(COMMANDS)
    for name in names:
        if find_spec(COMMANDS[name]) is not None:
            import_module(COMMANDS[name]).register(app)
    return app


def _version(requested: bool) -> None:
    if requested:
        import typer

        from endplate import __version__

        typer.echo(f"endplate {__version__}")
        raise typer.Exit


if __name__ == "__main__":
    main()
