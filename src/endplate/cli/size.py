"""`endplate size`: people per arm for a power."""

from endplate.cli.trial import register_size as register

__all__ = ["register"]
