"""Every page has the frame: one open page, navigation by keyboard, nothing from elsewhere."""

import pytest

from .conftest import DESK, PHONE

PAGES = {
    "/": "Plan",
    "/forecast": "Forecast",
    "/how-it-works": "How it works",
    "/discuss": "Discuss",
    "/evidence": "Evidence",
}


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_sound(opened, serious, fits, path, size, scheme):
    with opened(path, size, scheme) as (page, noted):
        page.wait_for_load_state("networkidle")
        assert page.title().endswith(f"{PAGES[path]} - endplate")  # after what is treated
        assert page.locator("nav [aria-current=page]").all_inner_texts() == [PAGES[path]]
        assert fits(page) <= 0
        assert serious(page) == []
        assert (noted.outside, noted.errors) == ([], [])


@pytest.mark.browser
def test_pages_are_reached_by_keyboard_without_a_reload(opened):
    with opened() as (page, _):
        page.evaluate("window.same = true")
        page.get_by_role("link", name="Evidence").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/evidence")
        assert page.title().endswith("Evidence - endplate")
        assert page.evaluate("window.same")
