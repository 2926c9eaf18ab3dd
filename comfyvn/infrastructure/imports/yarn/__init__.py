"""Stories for Yarn Spinner 2 and 3."""
