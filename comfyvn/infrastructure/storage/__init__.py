"""The event store on SQLite and Postgres."""
