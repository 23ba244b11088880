"""What scales, raters and trials observe of a body: endpoints, placebo, times, harms.

Each stands once, and forecast and fit both read it here: a responder in `responders.py`, a symptom
score and what placebo does to it in `symptom_score.py`, an endpoint in `endpoints.py`, onset and
duration in `times.py`, a weakness in `harms.py`. Subjects are the last axis of every array.
"""

import endplate.model  # noqa: F401  float64 before the first array
