"""HTML of the article around its drawings: words, tables, sources, glossary."""

from html import escape

from endplate.views.article import Scene, Step
from endplate.views.article.basis import StepBasis as Basis
from endplate.views.article.words import html, words


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
        f'<li><span class="hw-key {escape(kind)}"></span>{escape(said)}</li>'
        for kind, said in scene.legend
    )
    return f'<ul class="hw-legend">{items}</ul>' if items else ""


def table_html(scene: Scene, name: str) -> str:
    """The drawing in numbers, for who cannot or will not watch."""
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in scene.heads)
    rows = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in scene.rows
    )
    return (
        f'<details class="hw-numbers"><summary>The drawing in numbers: {escape(name)}</summary>'
        f'<p class="quiet">{escape(scene.label)}</p><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></details>"
    )


def basis_html(rows: tuple[Basis, ...]) -> str:
    """What a step rests on."""
    return (
        '<details class="hw-basis"><summary>Where this comes from</summary><ul>'
        + "".join(f"<li>{_basis(row)}</li>" for row in rows)
        + "</ul></details>"
    )


def _basis(row: Basis) -> str:
    said = escape(row.source.words)
    if row.source.url:
        said = f'<a href="{escape(row.source.url, quote=True)}">{said}</a>'
    where = f", {escape(row.where)}" if row.where else ""
    mark = f' <span class="unverified">{escape(row.mark)}</span>' if row.mark else ""
    return f"{escape(row.what[:1].upper() + row.what[1:])}: {said}{where}{mark}"


def glossary_html() -> str:
    """The scientific words in alphabetical order."""
    rows = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(meaning)}</dd></div>"
        for name, meaning in sorted(words()["glossary"].items(), key=lambda one: one[0].lower())
    )
    return f'<dl class="hw-glossary">{rows}</dl>'
