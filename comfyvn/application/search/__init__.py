"""Find and replace: words anywhere in a project, at any past position, and put into others as one change."""
