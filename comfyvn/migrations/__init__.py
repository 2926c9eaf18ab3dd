"""Changes to the tables of the event store, in order."""
