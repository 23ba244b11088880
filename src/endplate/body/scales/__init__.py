"""From muscle force to what a scale shows: the line, its raters, and published responder events."""

from endplate.body.scales.lines import LineScale as LineScale
from endplate.body.scales.lines import severity as severity
from endplate.body.scales.raters import Raters as Raters
from endplate.body.scales.remodelling import LineState as LineState
from endplate.body.scales.remodelling import Remodelling as Remodelling
from endplate.body.scales.remodelling import severity_onward as severity_onward
from endplate.body.scales.responders import ENDPOINTS as ENDPOINTS
from endplate.body.scales.responders import Severity as Severity
from endplate.body.scales.responders import Thresholds as Thresholds
from endplate.body.scales.responders import event_probability as event_probability
