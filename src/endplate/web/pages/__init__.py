"""The pages, one file or folder each; `build(session)` renders one."""
