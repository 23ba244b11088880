"""The CDS Hooks service: FHIR resources in, findings of the label check out as cards."""

from endplate.web.api.cds.services import routes as routes
