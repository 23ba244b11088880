"""The article for a curious patient: what a plan does, step by step, drawn from the model."""

from endplate.views.article.article import PLAYER as PLAYER
from endplate.views.article.article import STEPS as STEPS
from endplate.views.article.article import Step as Step
from endplate.views.article.article import lead as lead
from endplate.views.article.article import step as step
from endplate.views.article.scene import Scene as Scene

__all__ = ["PLAYER", "STEPS", "Scene", "Step", "lead", "step"]
