"""Ways in: REST, command line, studio."""
