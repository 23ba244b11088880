"""The web app: pages for one plan with the patient beside it, and the REST interface."""
