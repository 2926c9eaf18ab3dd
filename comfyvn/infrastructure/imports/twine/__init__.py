"""Twine stories: Twee 3 source, published HTML and archives, in the four story formats that Twine brings."""
