"""From force and silence to what a scale shows: lines and their raters, burdens and readings."""

from endplate.body.scales.burden import BurdenScale as BurdenScale
from endplate.body.scales.burden import burden as burden
from endplate.body.scales.burden import fall_by_drug as fall_by_drug
from endplate.body.scales.burden import fall_by_placebo as fall_by_placebo
from endplate.body.scales.burden import followed as followed
from endplate.body.scales.lines import LineScale as LineScale
from endplate.body.scales.lines import severity as severity
from endplate.body.scales.raters import Raters as Raters
from endplate.body.scales.readings import READINGS as READINGS
from endplate.body.scales.readings import SHARES as SHARES
from endplate.body.scales.readings import Seen as Seen
from endplate.body.scales.readings import Terms as Terms
from endplate.body.scales.readings import read as read
from endplate.body.scales.remodelling import LineState as LineState
from endplate.body.scales.remodelling import Remodelling as Remodelling
from endplate.body.scales.remodelling import severity_onward as severity_onward
from endplate.body.scales.responders import ENDPOINTS as ENDPOINTS
from endplate.body.scales.responders import Severity as Severity
from endplate.body.scales.responders import Thresholds as Thresholds
from endplate.body.scales.responders import event_probability as event_probability
