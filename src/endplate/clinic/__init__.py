"""The day of a clinic: which vials to open."""
