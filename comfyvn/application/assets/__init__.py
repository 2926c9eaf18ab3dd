"""The registry of assets: files of a project, each with its content, facts, origin, view, sidecar and thumbnail."""
