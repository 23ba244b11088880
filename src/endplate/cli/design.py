"""`endplate design`: a design file that runs as it is."""

from endplate.cli.trial import register_design as register

__all__ = ["register"]
