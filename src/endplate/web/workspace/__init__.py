"""The workspace of one visitor: open plans, their edits and history, and how they are stored."""

from endplate.web.workspace.draft import Draft as Draft
from endplate.web.workspace.draft import blank_draft as blank_draft
from endplate.web.workspace.draft import is_sample_person as is_sample_person
from endplate.web.workspace.draft import sample_draft as sample_draft
from endplate.web.workspace.workspace import Workspace as Workspace

__all__ = ["Draft", "Workspace", "blank_draft", "is_sample_person", "sample_draft"]
