"""The clinic's database: its tables, how it is opened and migrated, and its audit trail."""
