"""Asks the interface in process: one app per settings, each request on an event loop of its own."""

import asyncio
from functools import cache

import httpx
from fastapi import FastAPI

from endplate.web.api import Settings, install

# Limits of rate are tested by themselves: elsewhere they would only slow the tests.
OPEN = Settings(rate_per_s=1e6, rate_burst=1_000_000)


@cache
def app_of(settings: Settings = OPEN) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None)

    @app.get("/page")
    async def page() -> dict[str, str]:
        return {"page": "of somebody else"}

    install(app, settings)
    return app


def ask(method: str, path: str, settings: Settings = OPEN, app=None, **given) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app or app_of(settings), raise_app_exceptions=False)
        base = "http://localhost:8000"
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            return await client.request(method, path, **given)

    return asyncio.run(asked())


def get(path: str, **given) -> httpx.Response:
    return ask("GET", path, **given)


def post(path: str, json=None, **given) -> httpx.Response:
    return ask("POST", path, json=json, **given)
