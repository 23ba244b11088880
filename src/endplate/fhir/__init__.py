"""A health record in FHIR R4, read as the patient and the orders of a plan."""

from endplate.fhir.order import Order as Order
from endplate.fhir.order import orders_of as orders_of
from endplate.fhir.order import plan_of_order as plan_of_order
from endplate.fhir.record import Record as Record
from endplate.fhir.record import record_of as record_of
from endplate.fhir.resources import Resources as Resources
