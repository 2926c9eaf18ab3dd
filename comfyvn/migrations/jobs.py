"""Step 1 of the tables of jobs: rows, the lines of their logs, and the workers that are alive."""


def statements(app: str, dialect: str) -> list[str]:
    """Return the statements of this step. `revision` grows with each change of a row."""
    number = "INTEGER PRIMARY KEY AUTOINCREMENT" if dialect == "sqlite" else "bigserial PRIMARY KEY"
    text = "text" if dialect == "sqlite" else 'text COLLATE "C"'
    return [
        f"""CREATE TABLE {app}_job (number {number}, id {text} NOT NULL UNIQUE, type {text} NOT NULL,
            status {text} NOT NULL, device {text} NOT NULL, priority integer NOT NULL, attempts integer NOT NULL,
            actor {text} NOT NULL, command_id {text}, stage {text} NOT NULL, done bigint NOT NULL,
            total bigint NOT NULL, rate float, logs_path {text} NOT NULL, input_json {text} NOT NULL,
            output_json {text}, error_json {text}, file {text}, created_at {text} NOT NULL, started_at {text},
            ended_at {text}, run {text} NOT NULL, worker {text}, stopping boolean NOT NULL,
            revision bigint NOT NULL)""",
        f"CREATE INDEX {app}_job_open ON {app}_job (status, number) WHERE status IN ('queued', 'running')",
        f"CREATE INDEX {app}_job_changed ON {app}_job (revision)",
        f"CREATE INDEX {app}_job_type ON {app}_job (type, number)",
        f"""CREATE TABLE {app}_line (job {text} NOT NULL, number bigint NOT NULL, line {text} NOT NULL,
            PRIMARY KEY (job, number))""",
        f"""CREATE TABLE {app}_worker (token {text} PRIMARY KEY, name {text} NOT NULL, host {text} NOT NULL,
            pid integer NOT NULL, devices {text} NOT NULL, beats bigint NOT NULL, started_at {text} NOT NULL,
            dead boolean NOT NULL)""",
    ]
