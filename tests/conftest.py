"""What all tests share: profiles, folders outside the repository, and the browser."""

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# A long file that is begun last keeps one processor at work alone.
LONGEST = (
    "validation/test_validate.py",
    "forecast/test_simulate.py",
    "engine/test_one_path.py",
    "export/test_sbml.py",
    "forecast/test_repeat.py",
    "forecast/test_whole_body.py",
    "fit/test_inputs.py",
    "test_json_contract.py",
    "trials/test_run.py",
    "forecast/test_preview.py",
    "test_examples.py",
    "web/test_plan_page.py",
    "web/test_how_it_works.py",
    "web/test_evidence.py",
    "web/test_forecast.py",
    "web/clinic/test_browser.py",
)

# Four fifths of the time of the tests went to the compiler's last passes, and the few people that
# a test runs gain nothing by them. `make test-slow` runs the code as users do.
os.environ.setdefault(
    "XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_cpu_use_fusion_emitters=false"
)

# Collecting and tracing make many small objects that stay: looking through all of them again and
# again took a seventh of collecting and a twelfth of running them.
gc.set_threshold(50_000, 20, 20)

# A loaded machine must not turn a slow draw into a failure; CI draws the same cases every time.
settings.register_profile(
    "endplate", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("ci", settings.get_profile("endplate"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "endplate")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; no browser tests where no Chromium is, or nothing can drive it."""
    places = {ROOT / "tests" / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))
    driven = [item for item in items if item.get_closest_marker("browser")]
    if not driven or (any(shutil.which(name) for name in BROWSERS) and driver_runs()):
        return
    for item in driven:
        item.add_marker(
            pytest.mark.skip(reason="no Chromium, or no driver for it, on this machine")
        )


def pytest_collection_finish() -> None:
    """What was collected stays to the end: it need not be looked through for garbage."""
    gc.collect()
    gc.freeze()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A failure is told at once: a run that is cut off must not take its reason along."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        print(f"\n{report.nodeid} failed in {report.when}\n{report.longreprtext}", file=sys.stderr)


def driver_runs() -> bool:
    """Whether Playwright's own program starts: it wants a library that a small system lacks."""
    command = [sys.executable, "-m", "playwright", "--version"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> None:
    """Most of the time of the tests goes to compiling: one test's code serves the next, as a
    command's does, in other workers and runs too."""
    from endplate.engine.compile_cache import use_compile_cache

    use_compile_cache()


@pytest.fixture(scope="module", autouse=True)
def _compiled_code_let_go():
    """A file's code stays for the next ones until there is too much of it."""
    yield
    from endplate.engine.compile_cache import release_when_crowded

    release_when_crowded()


@pytest.fixture(autouse=True)
def _figures_closed():
    """Matplotlib keeps every open figure, and warns of the twenty-first."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(scope="session")
def root() -> Path:
    """Top of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Path of the system's Chromium."""
    return next(path for name in BROWSERS if (path := shutil.which(name)))


@pytest.fixture(scope="session")
def chromium(browser_path: str) -> Iterator:
    """A running Chromium, one for all tests: its driver's loop bars a second one meanwhile."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="session")
def evidence() -> Path:
    """The folder of published figures beside the repository; tests that need it skip without."""
    folder = Path(os.environ.get("ENDPLATE_EVIDENCE", ROOT.parent / "shared" / "evidence"))
    if not folder.is_dir():
        pytest.skip("no evidence folder beside the repository")
    return folder
