"""What is known, with sources: tables of facts and the typed rows read from them."""
