"""What a forecast tells: typed results, and how they are told."""
