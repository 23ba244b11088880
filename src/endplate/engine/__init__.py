"""One engine: subjects, treatments, model and parameters go in, courses come out.

Forecast, preview, repeated treatment, the single subject of SBML and of the article, trial arms of
the fit, validation and sensitivity all call it. A single treatment is one window of days, a trial
arm a cohort, a preview a small cohort. Subjects are the last axis of every array.
"""

from endplate.engine.anatomy import Anatomy as Anatomy
from endplate.engine.run import Clock as Clock
from endplate.engine.run import Cohort as Cohort
from endplate.engine.run import Described as Described
from endplate.engine.run import Exposed as Exposed
from endplate.engine.run import State as State
from endplate.engine.run import WindowCourses as WindowCourses
from endplate.engine.run import clock as clock
from endplate.engine.run import describe as describe
from endplate.engine.run import expose as expose
from endplate.engine.run import expose_to_nothing as expose_to_nothing
from endplate.engine.run import first_state as first_state
from endplate.engine.run import inject as inject
from endplate.engine.run import run_endings as run_endings
from endplate.engine.run import run_window as run_window
from endplate.engine.run import state_on as state_on
from endplate.engine.scenario import Scenario as Scenario
from endplate.engine.scenario import Session as Session
