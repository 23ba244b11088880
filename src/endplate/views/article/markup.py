"""The article as HTML: words, legends, tables and sources of a step, and the glossary."""

from html import escape

from endplate.views.article.article import Step
from endplate.views.article.basis import StepBasis
from endplate.views.article.scene import Scene
from endplate.views.article.words import html, words
from endplate.views.language import gettext as _


def scene_name(step: Step, scene: Scene) -> str:
    """Name of a drawing for screen readers."""
    return _("What people see") if scene.name == "seen" else step.title


def tags_html(step: Step) -> str:
    """Where the numbers of a step come from."""
    origins = (_("model"), _("trial")) if step.name == "others" else (_("model"),)
    return "".join(f' <span class="tag">{origin}</span>' for origin in origins)


def text_html(step: Step) -> str:
    """The paragraphs of a step, and the call for help where it has one."""
    parts = [f"<p>{html(line)}</p>" for line in step.text]
    if step.urgent:
        title, signs, time = step.urgent
        items = "".join(f"<li>{escape(sign)}</li>" for sign in signs)
        parts.append(
            f'<div class="hw-urgent"><h3>{escape(title)}</h3><ul>{items}</ul>'
            f"<p>{escape(time)}</p></div>"
        )
    for title, lines in step.after:
        parts.append(f"<h3>{escape(title)}</h3>")
        parts += [f"<p>{html(line)}</p>" for line in lines]
    return "".join(parts)


def legend_html(scene: Scene) -> str:
    """What the curves under a drawing are."""
    items = "".join(
        f'<li><span class="hw-key {escape(kind)}"></span>{escape(text)}</li>'
        for kind, text in scene.legend
    )
    return f'<ul class="hw-legend">{items}</ul>' if items else ""


def table_html(scene: Scene, name: str) -> str:
    """The drawing in numbers, for readers who cannot or will not watch it."""
    told = _("The drawing in numbers: {name}").format(name=name)
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in scene.heads)
    rows = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in scene.rows
    )
    return (
        f'<details class="hw-numbers"><summary>{escape(told)}</summary>'
        f'<p class="quiet">{escape(scene.label)}</p><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></details>"
    )


def basis_html(rows: tuple[StepBasis, ...], alone: bool = False) -> str:
    """What a step rests on; `alone` in a file, where the pages of the app are not there."""
    heading = _("Where this comes from")
    return (
        f'<details class="hw-basis"><summary>{heading}</summary><ul>'
        + "".join(f"<li>{_basis(row, alone)}</li>" for row in rows)
        + "</ul></details>"
    )


def _basis(row: StepBasis, alone: bool) -> str:
    source = escape(row.source.words)
    if row.source.url and not (alone and row.source.url.startswith("/")):
        source = f'<a href="{escape(row.source.url, quote=True)}">{source}</a>'
    where = f", {escape(row.where)}" if row.where else ""
    mark = f' <span class="unverified">{escape(row.mark)}</span>' if row.mark else ""
    return f"{escape(row.what[:1].upper() + row.what[1:])}: {source}{where}{mark}"


def glossary_html() -> str:
    """The scientific words in alphabetical order."""
    rows = "".join(
        f"<div><dt>{escape(_(name))}</dt><dd>{escape(meaning)}</dd></div>"
        for name, meaning in sorted(words()["glossary"].items(), key=lambda entry: entry[0].lower())
    )
    return f'<dl class="hw-glossary">{rows}</dl>'
