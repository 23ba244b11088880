"""The workspace of one visitor: open plans, their edits and history, and how they are stored."""

from endplate.web.workspace.draft import Draft as Draft
from endplate.web.workspace.workspace import Workspace as Workspace

__all__ = ["Draft", "Workspace"]
