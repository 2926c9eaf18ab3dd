"""Readers of other programs' files, one package or module per format."""
