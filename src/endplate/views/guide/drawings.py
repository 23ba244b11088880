"""A step of the article in a file: the player of the app plays its drawings, without the app."""

import json
from html import escape

from endplate.views.article import PLAYER, Scene, Step
from endplate.views.article.markup import (
    basis_html,
    legend_html,
    scene_name,
    table_html,
    tags_html,
    text_html,
)
from endplate.views.language import gettext as _

# Stands in for what the app gives the player: its fields, what follows from them, and the page.
_RUNTIME = """
function run(figure) {
  const find = (query) => figure.querySelector(query);
  const self = JSON.parse(find("script").textContent);
  self.$refs = { stage: find(".hw-stage"), curve: find(".hw-curves") };
  self.$nextTick = (next) => next();
  const [slider, button, say] = [find("input"), find("button"), find(".hw-say")];
  for (const [name, get] of Object.entries(PLAYER.computed)) {
    Object.defineProperty(self, name, { get });
  }
  for (const [name, method] of Object.entries(PLAYER.methods)) self[name] = method.bind(self);
  const show = () => {
    say.textContent = self.say;
    slider.value = Math.round(self.place);
    slider.setAttribute("aria-valuetext", self.say);
    button.setAttribute("aria-label", (self.playing ? "Pause: " : "Play: ") + self.name);
    button.querySelector("path").setAttribute("d", self.icon);
    figure.dataset.playing = self.playing;
  };
  for (const [name, first] of Object.entries(PLAYER.data.call(self))) {
    let value = first;
    Object.defineProperty(self, name, {
      get: () => value,
      set(next) {
        value = next;
        if (name === "place") self.draw();
        show();
      },
    });
  }
  slider.max = self.last;
  // the value as it is now: showing the stop of a run sets it back
  slider.addEventListener("input", () => self.pick({ target: { value: slider.value } }));
  button.addEventListener("click", self.toggle);
  self.gather();
  show();
}
for (const figure of document.querySelectorAll("figure.hw-scene")) run(figure);
for (const box of document.querySelectorAll("input.hw-glosses")) {
  box.addEventListener("change", () => box.closest(".hw").classList.toggle("hw-show", box.checked));
}
"""


def player_script() -> str:
    """The script that plays every drawing of the file."""
    player = PLAYER.read_text(encoding="utf-8").replace("export default", "const PLAYER =")
    runtime = _RUNTIME
    for word, said in (("Pause: ", _("Pause:")), ("Play: ", _("Play:"))):
        runtime = runtime.replace(json.dumps(word), json.dumps(f"{said} ", ensure_ascii=False))
    return f"{player}\n{runtime}"


def step_html(number: int, step: Step) -> str:
    """One step: words, drawings, numbers and sources."""
    figures = "".join(scene_html(scene, scene_name(step, scene)) for scene in step.scenes)
    tables = "".join(table_html(scene, scene_name(step, scene)) for scene in step.scenes)
    return (
        f'<section class="hw-step"><div class="hw-text"><h2><span class="hw-no">{number}</span> '
        f"{escape(step.title)}{tags_html(step)}</h2>{text_html(step)}</div>"
        f'<div class="hw-figures">{figures}</div>'
        f'<div class="hw-more">{basis_html(step.basis, alone=True)}{tables}</div></section>'
    )


def scene_html(scene: Scene, name: str) -> str:
    """One drawing with its slider, its button and the numbers that it plays."""
    props = {"name": name, **scene.props()}
    data = json.dumps(props, separators=(",", ":")).replace("<", "\\u003c")
    slider = escape(_("Time in the drawing: {name}").format(name=name), quote=True)
    label, first, last = escape(scene.label, quote=True), *props["ends"]
    return (
        '<figure class="hw-scene"><script type="application/json">'
        f'{data}</script><div class="hw-stage" role="img" aria-label="{label}">{props["svg"]}</div>'
        f'<p class="hw-say">{escape(scene.says[scene.start])}</p><div class="hw-run">'
        '<button type="button" class="hw-play"><svg viewBox="0 0 24 24" aria-hidden="true">'
        '<path d="M8 5l11 7-11 7z"/></svg></button>'
        f'<div class="hw-time"><div class="hw-curves">{props["curve"]}</div>'
        f'<input type="range" min="0" max="1" step="1" value="0" '
        f'aria-label="{slider}">'
        f'<div class="hw-ends" aria-hidden="true"><span>{escape(first)}</span>'
        f"<span>{escape(last)}</span></div></div></div></figure>{legend_html(scene)}"
    )
