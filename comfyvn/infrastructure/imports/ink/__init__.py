"""Stories in Ink, as source and compiled."""
