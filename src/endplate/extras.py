"""Packages that an extra brings: found, or one sentence that names the extra."""

from importlib import import_module
from typing import Any

from endplate.errors import NotInstalled


def required(package: str, extra: str, use: str) -> Any:
    """A package that only some uses need.

    Parameters
    ----------
    package : str
        Its name as it is imported.
    extra : str
        The extra of endplate that brings it.
    use : str
        What it is needed for, as the start of a sentence.

    Raises
    ------
    NotInstalled
        It is not there; the sentence names the extra.

    Examples
    --------
    >>> required("json", "frames", "A frame").__name__
    'json'
    """
    try:
        return import_module(package)
    except ImportError:
        raise NotInstalled(
            f"{use} needs {package.partition('.')[0]}: pip install 'endplate[{extra}]'."
        ) from None
