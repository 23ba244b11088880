"""The guide for someone without a plan: the whole story for every use, in one file."""

from endplate.views.guide.page import AFTER as AFTER
from endplate.views.guide.page import BEFORE as BEFORE
from endplate.views.guide.page import GuidePage as GuidePage
from endplate.views.guide.page import guide_page as guide_page
from endplate.views.guide.page import part_html as part_html
from endplate.views.guide.page import write_guide as write_guide

__all__ = ["AFTER", "BEFORE", "GuidePage", "guide_page", "part_html", "write_guide"]
