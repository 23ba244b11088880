"""How records leave and come back: whole backups, and tables as CSV."""
