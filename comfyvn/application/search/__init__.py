"""The words of a project: found anywhere, put into others as one change, counted."""
