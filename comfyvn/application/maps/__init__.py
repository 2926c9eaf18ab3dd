"""Maps: a project as its scenes, a scene as its nodes, and where each of them stands."""
