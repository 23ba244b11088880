"""Every schema there has been, one migration each; none is edited once it is released."""
