"""Step 3: where things stand on maps. It is no history and no read model: a rebuild leaves it alone."""


def statements(app: str, dialect: str) -> list[str]:
    """Return the statements of this step."""
    text = "text" if dialect == "sqlite" else 'text COLLATE "C"'
    return [
        f"""CREATE TABLE {app}_place (project {text} NOT NULL, view {text} NOT NULL, item {text} NOT NULL,
            x double precision NOT NULL, y double precision NOT NULL, chosen boolean NOT NULL,
            PRIMARY KEY (project, view, item))"""
    ]
