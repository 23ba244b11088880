"""The article for a curious patient: seven steps from the needle to the wearing off."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from endplate.forecast.journey import Journey
from endplate.results.result import Result
from endplate.views.article.basis import StepBasis, basis
from endplate.views.article.ending import ending_scene
from endplate.views.article.fade import fade_scene
from endplate.views.article.hooks import hooks_scene
from endplate.views.article.needle import needle_scene
from endplate.views.article.numbers import numbers
from endplate.views.article.observed import observed_scale, observed_scene, observed_story
from endplate.views.article.others import neighbour_stories, neighbours_of, others_scene
from endplate.views.article.rest import rest_scene
from endplate.views.article.scene import Scene
from endplate.views.article.signal import signal_scene
from endplate.views.article.words import for_tissue, words
from endplate.views.language import gettext as _
from endplate.views.quantity import people
from endplate.views.sheet_safety import signs, urgent
from endplate.views.words import word

_SCENES: dict[str, Callable[[Journey], Scene]] = {
    "needle": needle_scene,
    "ending": ending_scene,
    "hooks": hooks_scene,
    "signal": signal_scene,
    "rest": rest_scene,
    "fade": fade_scene,
}
STEPS = (*_SCENES, "others")
PLAYER = Path(__file__).parent / "player.js"
"""Script that plays the drawings of the steps in a browser."""


@dataclass(frozen=True)
class Step:
    """One step: its words (scientific ones in double brackets), drawings and what it rests on.

    `urgent` are the title, signs and time of the call for help, in the last step alone.
    """

    name: str
    title: str
    text: tuple[str, ...]
    scenes: tuple[Scene, ...]
    basis: tuple[StepBasis, ...]
    urgent: tuple[str, tuple[str, ...], str] | None = None
    after: tuple[tuple[str, tuple[str, ...]], ...] = field(default=())


def lead(journey: Journey, follows: str = "plan") -> tuple[str, ...]:
    """What the article follows: the reader's plan, a sample, or a reference in place of a plan."""
    say = words()["lead"]
    values = {
        "dose": numbers(journey)["dose"],
        "product": journey.product,
        "use": word("indication", journey.area, "plain"),
    }
    several = (say["several"],) if len(journey.areas) > 1 else ()
    chosen = (say[follows], *several, say["middle"])
    return tuple(text.format(**values) for text in chosen)


def step(
    name: str,
    journey: Journey,
    result: Result | None = None,
    region: str = "",
    whose: str = "plan",
) -> Step:
    """One step of the article.

    Parameters
    ----------
    name : str
        One of `STEPS`.
    journey : Journey
        The middle person of the plan.
    result : Result
        Forecast of the plan; what needs it is left out while there is none.
    region : str
        Whose call for help is named.
    whose : str
        `plan` where it is the reader's own, `sample` where it is not.
    """
    say = for_tissue(name, journey.tissue)
    values = {**numbers(journey), "whose": words()["whose"][whose]}
    title = say.get("title") or words()[name]["title"]
    if name == "others":
        return _others(title, say["text"], journey, result, region)
    text = [line.format(**values) for line in say["text"]]
    scenes = [_SCENES[name](journey)]
    if name == "fade":
        text += [more for tissue, more in words()["fade_more"].items() if tissue == journey.tissue]
    scale = observed_scale(result, journey.area) if result and name == "rest" else None
    if scale:
        text.append(observed_story(scale))
        scenes.append(observed_scene(scale))
    return Step(name, title, tuple(text), tuple(scenes), basis(name, journey, result))


def _others(
    title: str, text: list[str], journey: Journey, result: Result | None, region: str
) -> Step:
    weak = neighbours_of(result) if result else ()
    first, *rest = text
    sentences = [
        *neighbour_stories(weak),
        first,
        *(x.format(antibodies=_antibodies(result)) for x in rest),
    ]
    call = urgent(region, signs(journey.areas))
    sure = words()["others"]["sure"]
    return Step(
        name="others",
        title=title,
        text=tuple(sentences),
        scenes=(others_scene(weak),) if weak else (),
        basis=basis("others", journey, result),
        urgent=(call["title"], tuple(call["signs"]), call["time"]),
        after=((sure["title"], tuple(sure["text"])),),
    )


def _antibodies(result: Result | None) -> str:
    harms = [harm for harm in (result.harms if result else ()) if harm.kind == "antibody"]
    if not harms:
        return ""
    count = people(harms[0].percent)
    return _("In trials this was found in {count} of 100 people.").format(count=count) + " "
