import re
from itertools import pairwise

import pytest
from protocol_result import burden, protocol_result
from sample import read

from endplate.views import (
    compare,
    page_text,
    report_page,
    sheet_page,
    write_comparison,
    write_report,
    write_sheet,
)

pytestmark = pytest.mark.browser
SIZES = [(360, 800), (768, 1024), (1440, 900)]
FONTS = ["inherit", "DejaVu Sans"]  # the second is wider than what most machines have


def write(kind, result, folder):
    path = folder / f"{kind}.html"
    if kind == "report":
        return write_report(read(result), path)
    if kind == "sheet":
        return write_sheet(read(result), path)
    return write_comparison(
        compare([read(result), read(result), read(result), read(result)], list("abcd")), path
    )


@pytest.mark.parametrize("kind", ["report", "sheet", "compare"])
@pytest.mark.parametrize("size", SIZES)
def test_pages_fit_the_screen_and_fetch_nothing(chromium, result, tmp_path, kind, size):
    page = chromium.new_page(viewport={"width": size[0], "height": size[1]})
    asked, told = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    address = write(kind, result, tmp_path).as_uri()
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert asked == [address]
    assert told == []
    page.close()


@pytest.mark.parametrize("size", SIZES)
def test_the_parts_of_a_range_are_seen_apart(chromium, result, tmp_path, size):
    """Three thin lines under every figure, none on another, and their numbers unfold in place."""
    lows = {"parameters": 40.0, "trials": 49.0, "people": 58.0}
    ends = {f"{part}_low": low for part, low in lows.items()}
    ends |= {f"{part}_high": low + 20 for part, low in lows.items()}
    result["outcomes"] = [one | ends for one in result["outcomes"]]
    page = chromium.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(write_report(read(result), tmp_path / "report.html").as_uri())
    strips = page.locator(".outcomes .strip:has(.part)").all()
    assert len(strips) == sum(len(g.rows) for g in report_page(read(result)).areas[0].outcomes)
    for strip in strips:
        lines = [line.bounding_box() for line in strip.locator("line.part").all()]
        tops = [line["y"] for line in lines]
        assert tops == sorted(tops)
        assert min(low - high for high, low in pairwise(tops)) >= 4
        assert all(line["width"] >= 20 for line in lines)
    page.get_by_text("Where the numbers come from").click()
    page.get_by_text("How sure each figure is, in numbers").click()
    numbers = page.locator(".sure table")
    assert numbers.is_visible()
    assert numbers.bounding_box()["width"] <= page.locator(".sure").bounding_box()["width"] + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.close()


@pytest.mark.parametrize("protocol", ["chronic_migraine", "upper_limb_spasticity"])
@pytest.mark.parametrize("size", SIZES)
def test_charts_of_the_body_fit_the_screen(chromium, tmp_path, protocol, size):
    page = chromium.new_page(viewport={"width": size[0], "height": size[1]})
    result = protocol_result(protocol, 155)
    page.goto(write_report(read(result), tmp_path / "report.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    for box in page.locator(".charts svg").all():
        drawn = box.bounding_box()
        assert drawn["width"] >= 60
        assert drawn["x"] + drawn["width"] <= size[0]
    page.close()


MOST_PAGES = 4  # of letters of 12 points in the widest of the fonts


@pytest.mark.parametrize("paper", ["Letter", "A4"])
@pytest.mark.parametrize(
    "protocol",
    ["chronic_migraine", "cervical_dystonia", "axillary_hyperhidrosis", "upper_limb_spasticity"],
)
def test_a_sheet_with_several_charts_takes_few_pages(chromium, result, tmp_path, protocol, paper):
    share = result["outcomes"][1]
    result = burden(protocol_result(protocol, 155), "twstrs_total", "points", 43)
    (area,) = result["plan"]["indications"]
    result["outcomes"].append({**share, "indication": area})
    result["harms"] = [{**result["harms"][0], "term": term} for term in LONGEST]
    path = write_sheet(read(result), tmp_path / "sheet.html")
    assert pages(chromium, path, paper, "inherit") <= MOST_PAGES


@pytest.mark.parametrize("paper", ["Letter", "A4"])
@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize(("large", "most"), [(False, MOST_PAGES), (True, 6)])
def test_the_sheet_fits_its_paper(chromium, stopped, tmp_path, paper, font, large, most):
    path = write_sheet(read(stopped), tmp_path / "sheet.html", large)
    assert pages(chromium, path, paper, font) <= most


@pytest.mark.parametrize("paper", ["Letter", "A4"])
@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("areas", [1, 2, 3])
def test_a_full_sheet_takes_few_pages(chromium, stopped, tmp_path, paper, font, areas):
    first = stopped["harms"][0]
    stopped["harms"] = [{**first, "term": term} for term in LONGEST]
    stopped["plan"]["indications"] = AREAS[:areas]
    benefit = stopped["outcomes"][1]
    stopped["outcomes"] = [{**benefit, "indication": area} for area in AREAS[:areas]]
    path = write_sheet(read(stopped), tmp_path / "sheet.html")
    assert pages(chromium, path, paper, font) <= MOST_PAGES + (areas > 1)


@pytest.mark.parametrize("size", [*SIZES, (1024, 768)])
@pytest.mark.parametrize("language", ["en", "es"])
def test_words_of_a_sheet_stay_in_their_cells_and_have_room(
    chromium, result, tmp_path, size, language
):
    """Answers of the options stood in a column of 45 pixels, and cells ran into the next one."""
    for harm in result["harms"]:
        harm.update(verified=False, background_percent=8.0)
    path = tmp_path / "sheet.html"
    del result["findings"]  # made up, so that no other language has words for them
    path.write_text(page_text(sheet_page(read(result), language=language)), encoding="utf-8")
    page = chromium.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(path.as_uri())
    cells = page.locator(".grid td:visible, .harmlist td:visible").all()
    assert len(cells) > 30
    for cell in cells:
        wide = cell.evaluate("cell => [cell.clientWidth, cell.scrollWidth]")
        assert wide[1] <= wide[0], cell.inner_text()
        if size[0] < 640:
            assert wide[0] > 0.8 * size[0] - 40
    if size[0] < 640:
        assert page.locator(".grid td.rest:visible").count() == 0
    page.close()


def pages(chromium, path, paper, font):
    """Sheets of paper that a page takes, in letters of a given font."""
    page = chromium.new_page()
    page.goto(path.as_uri())
    page.add_style_tag(content=f"body{{font-family:{font}!important}}")
    document = page.pdf(format=paper)
    page.close()
    return len(re.findall(rb"/Type\s*/Page\b", document))


AREAS = ["glabellar_lines", "lateral_canthal_lines", "forehead_lines"]
LONGEST = [
    "injection_site_bruising",
    "injection_site_swelling",
    "injection_site_redness",
    "injection_site_pain",
    "headache",
    "flu_like",
    "eyelid_ptosis",
    "brow_ptosis",
    "diplopia",
    "neutralising_antibodies",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_the_page(chromium, result, tmp_path, scheme):
    page = chromium.new_page(color_scheme=scheme)
    page.goto(write_report(read(result), tmp_path / "report.html").as_uri())
    for name in ("--ink", "--soft", "--act", "--stop", "--caution", "--unknown", "--note"):
        ratio = page.evaluate(CONTRAST, [name, "--card"])
        assert ratio >= 4.5, name
    page.close()


CONTRAST = """([front, back]) => {
  const style = getComputedStyle(document.documentElement);
  const light = name => {
    let hex = style.getPropertyValue(name).trim().slice(1);
    if (hex.length === 3) hex = [...hex].map(c => c + c).join('');
    const part = [0, 2, 4].map(i => parseInt(hex.slice(i, i + 2), 16) / 255)
      .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
  };
  const [a, b] = [light(front), light(back)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}"""
