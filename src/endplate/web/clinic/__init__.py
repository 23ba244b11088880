"""The clinic's pages: plain forms behind a sign-in, rendered here, without a line of script."""
