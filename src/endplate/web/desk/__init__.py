"""The desk of one visitor: the plans that lie open, what was done to them, and their keeping."""

from endplate.web.desk.desk import Desk as Desk
from endplate.web.desk.draft import Draft as Draft

__all__ = ["Desk", "Draft"]
