"""How Sphinx makes the site from the pages of docs/, the docstrings and examples/."""

import sys
from pathlib import Path

from endplate import __version__

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "endplate"
author = "The endplate developers"
project_copyright = author
version = release = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "mathml",
]
exclude_patterns = ["_ext", "tutorials/*.py", "tutorials/*.json", "how-to/*.py", "how-to/*.json"]
templates_path = ["_templates"]
nitpicky = True

# The pages are written for a reader of the repository too: plain Markdown, with formulas and
# links to headings.
myst_enable_extensions = ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
myst_fence_as_directive = []

autosummary_generate = True
autosummary_imported_members = True
autosummary_ignore_module_all = False
autodoc_typehints = "none"  # the docstrings name type and unit
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
# As words and not as links: what stands there is a unit with a type ("[U] float").
napoleon_use_param = False
napoleon_use_rtype = False
napoleon_use_ivar = True
napoleon_google_docstring = False
python_use_unqualified_type_names = True
add_module_names = False
nitpick_ignore_regex = [("py:.*", r"(?!endplate).*")]

sphinx_gallery_conf = {
    "examples_dirs": ["../examples/tutorials", "../examples/how-to"],
    "gallery_dirs": ["tutorials", "how-to"],
    "filename_pattern": "/",
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "min_reported_time": 1e9,
    "remove_config_comments": True,
    "write_computation_times": False,
    "image_scrapers": ("matplotlib",),
    "matplotlib_animations": False,
    "reset_modules": ("matplotlib",),
    "backreferences_dir": None,
}

html_math_renderer = "mathml"
html_theme = "pydata_sphinx_theme"
html_title = "endplate"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_context = {"default_mode": "auto"}
highlight_language = "none"
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": "endplate"},
    "navigation_with_keys": False,
    "show_prev_next": True,
    "show_nav_level": 1,
    "navigation_depth": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "back_to_top_button": True,
}
