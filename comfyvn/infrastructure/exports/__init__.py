"""Stories to projects of other engines."""
