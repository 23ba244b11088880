"""What a picture of a body part consists of beside muscles and sites."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Art:
    """The skin as path data, which also clips the muscles; what lies under the muscles, over them and
    behind the skin; and whether a line runs round the skin."""

    skin: str
    under: str
    over: str
    behind: str = ""
    edged: bool = True
