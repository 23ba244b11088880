"""Who is treated, with what, and where: the plan and its sites on the chart."""

from endplate.case.dilution import Preparation as Preparation
from endplate.case.dose import Dose as Dose
from endplate.case.dose import total as total
from endplate.case.grades import Grades as Grades
from endplate.case.injection import Injection as Injection
from endplate.case.injection import injections as injections
from endplate.case.pattern import PatternSite as PatternSite
from endplate.case.pattern import label_pattern as label_pattern
from endplate.case.pattern import population_of as population_of
from endplate.case.placement import PlacedSite as PlacedSite
from endplate.case.placement import placed_sites as placed_sites
from endplate.case.places import charts_of as charts_of
from endplate.case.places import muscles_reached as muscles_reached
from endplate.case.places import site_blocks as site_blocks
from endplate.case.plan import Override as Override
from endplate.case.plan import Patient as Patient
from endplate.case.plan import Plan as Plan
from endplate.case.plan import PreviousTreatment as PreviousTreatment
from endplate.case.plan import Site as Site
from endplate.case.plan import Treatment as Treatment
from endplate.case.protocol import ProtocolBasis as ProtocolBasis
from endplate.case.protocol import area_of as area_of
from endplate.case.protocol import areas_treated as areas_treated
from endplate.case.protocol import protocol_basis as protocol_basis
from endplate.case.reader import Understood as Understood
