"""`endplate serve`: the web app on this machine."""

from typing import Annotated

import typer

from endplate.errors import EndplateError


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def serve(
        host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
        port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8610,
    ) -> None:
        """Open the web app: plan, forecast, discuss, evidence, and the REST interface."""
        try:
            import uvicorn

            from endplate.web.app import create_app
            from endplate.web.settings import Serving
        except ModuleNotFoundError as missing:
            raise EndplateError(
                f"the web app needs {missing.name}; install it with: pip install 'endplate[web]'"
            ) from None
        serving = Serving(host=host, port=port)
        typer.echo(f"endplate is at http://{host}:{port} (stop with Ctrl+C)", err=True)
        uvicorn.run(create_app(serving), host=host, port=port, log_level="warning")
