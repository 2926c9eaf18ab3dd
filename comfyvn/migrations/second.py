"""Step 2: the inline read model of what names what. It is filled from the parts when a store is opened."""

MENTION_COLUMNS = """branch {text} NOT NULL, kind {text} NOT NULL, entity {text} NOT NULL, part {text} NOT NULL,
    from_position bigint NOT NULL, to_position bigint NOT NULL, name {text} NOT NULL, sense {text} NOT NULL,
    role {text} NOT NULL, about {text} NOT NULL"""


def statements(app: str, dialect: str) -> list[str]:
    """Return the statements of this step."""
    text = "text" if dialect == "sqlite" else 'text COLLATE "C"'
    table = f"{app}_mention"
    return [
        f"CREATE TABLE {table} ({MENTION_COLUMNS.format(text=text)})",
        f"CREATE INDEX {table}_name ON {table} (branch, sense, name, about, role, to_position)",
        f"CREATE INDEX {table}_part ON {table} (branch, kind, entity, part, to_position)",
    ]
