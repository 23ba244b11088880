"""Files of a user: tables as spreadsheets save them come in, whole marked files go out."""
