"""Virtual trials: a design file, its arms as cohorts of the engine, many replicates, the analysis.

Nothing here works out a course, an endpoint or a rating itself: a chunk of people of an arm goes
through `engine` and `observe` (`cohort.py`), tasks of a fixed size run in processes or on a
cluster (`pool.py`), and counts and sums are analysed for all replicates at once (`analysis.py`).
"""

from endplate.trials.design import Design as Design
from endplate.trials.trial import Trial as Trial
from endplate.trials.trial import TrialResult as TrialResult
