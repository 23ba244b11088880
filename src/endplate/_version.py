"""Version of the code, one place."""

__version__ = "0.1.0"
