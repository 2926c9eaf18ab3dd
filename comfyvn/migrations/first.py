"""Step 1: events, projects, branches, commits, the inline read model, and how far other read models have come."""

LATEST = 2**62

PART_COLUMNS = """branch {text} NOT NULL, kind {text} NOT NULL, entity {text} NOT NULL, part {text} NOT NULL,
    from_position bigint NOT NULL, to_position bigint NOT NULL, body {text}"""


def statements(app: str, dialect: str) -> list[str]:
    """Return the statements of this step. Texts compare by code point on both databases."""
    text, blob = ("text", "blob") if dialect == "sqlite" else ('text COLLATE "C"', "bytea")
    position = (
        "rowid INTEGER PRIMARY KEY AUTOINCREMENT" if dialect == "sqlite" else "notification_id bigserial PRIMARY KEY"
    )
    event = f"""CREATE TABLE {app}_event ({position}, originator_id {text} NOT NULL, originator_version bigint NOT NULL,
        topic {text} NOT NULL, state {blob} NOT NULL, UNIQUE (originator_id, originator_version))"""
    return [event, *_commits(app, text, blob), *parts(f"{app}_part", text)]


def _commits(app: str, text: str, blob: str) -> list[str]:
    return [
        f"""CREATE TABLE {app}_project (id {text} PRIMARY KEY, name {text} NOT NULL, main {text} NOT NULL,
            created_at {text} NOT NULL)""",
        f"""CREATE TABLE {app}_branch (id {text} PRIMARY KEY, project {text} NOT NULL REFERENCES {app}_project,
            name {text} NOT NULL, parent {text} REFERENCES {app}_branch, fork_position bigint,
            closed boolean NOT NULL)""",
        f"CREATE UNIQUE INDEX {app}_branch_name ON {app}_branch (project, name) WHERE NOT closed",
        f"""CREATE TABLE {app}_commit_log (id {text} PRIMARY KEY, project {text} NOT NULL,
            branch {text} NOT NULL REFERENCES {app}_branch, seq bigint NOT NULL, first_position bigint NOT NULL,
            position bigint NOT NULL UNIQUE, events bigint NOT NULL, kind {text} NOT NULL, actor {text} NOT NULL,
            session {text}, at {text} NOT NULL, message {text} NOT NULL, command_id {text} NOT NULL UNIQUE,
            command {text} NOT NULL, body {text} NOT NULL, fingerprint {text} NOT NULL, cause {text}, reverts {text},
            parent {text}, merge_parent {text}, events_root {text} NOT NULL, leaves {blob} NOT NULL, opens {text},
            algo integer NOT NULL,
            UNIQUE (branch, seq))""",
        f"CREATE UNIQUE INDEX {app}_commit_place ON {app}_commit_log (branch, position)",
        f"CREATE TABLE {app}_tracking (name {text} PRIMARY KEY, version integer NOT NULL, position bigint NOT NULL)",
    ]


def parts(table: str, text: str) -> list[str]:
    """Return the statements that make the table of parts and its indexes under the name `table`."""
    key, latest = "branch, kind, entity, part", f"WHERE to_position = {LATEST}"
    return [
        f"CREATE TABLE {table} ({PART_COLUMNS.format(text=text)})",
        f"CREATE UNIQUE INDEX {table}_latest ON {table} ({key}) {latest}",
        f"CREATE UNIQUE INDEX {table}_past ON {table} ({key}, to_position) WHERE to_position < {LATEST}",
        f"CREATE INDEX {table}_place ON {table} (from_position, branch)",
        f"CREATE INDEX {table}_whole ON {table} (branch, kind, entity) {latest} AND part = ''",
    ]
