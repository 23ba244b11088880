"""What a picture of a body part consists of beside muscles and sites."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Art:
    """The skin as path data, which also clips the muscles, and what is drawn around it.

    `behind` lies behind the skin, `under` under the muscles, `over` over them; `edged` says whether
    a line runs round the skin.
    """

    skin: str
    under: str
    over: str
    behind: str = ""
    edged: bool = True
