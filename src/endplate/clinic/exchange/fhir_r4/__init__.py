"""The records as resources of FHIR R4, and back: one file per part of the records."""
