"""From force and silence to what a scale shows: lines and their raters, burdens and readings."""

import endplate.model  # noqa: F401  float64 before the first array
from endplate.observe.lines import LineScale as LineScale
from endplate.observe.lines import severity as severity
from endplate.observe.raters import Raters as Raters
from endplate.observe.readings import READINGS as READINGS
from endplate.observe.readings import SHARES as SHARES
from endplate.observe.readings import Seen as Seen
from endplate.observe.readings import Terms as Terms
from endplate.observe.readings import read as read
from endplate.observe.remodelling import LineState as LineState
from endplate.observe.remodelling import Remodelling as Remodelling
from endplate.observe.remodelling import severity_onward as severity_onward
from endplate.observe.responders import ENDPOINTS as ENDPOINTS
from endplate.observe.responders import Severity as Severity
from endplate.observe.responders import Thresholds as Thresholds
from endplate.observe.responders import event_probability as event_probability
from endplate.observe.symptom_score import BurdenScale as BurdenScale
from endplate.observe.symptom_score import burden as burden
from endplate.observe.symptom_score import fall_by_drug as fall_by_drug
from endplate.observe.symptom_score import fall_by_placebo as fall_by_placebo
from endplate.observe.symptom_score import followed as followed
