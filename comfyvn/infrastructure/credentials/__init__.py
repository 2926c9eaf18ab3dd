"""Content credentials (C2PA) that we sign, and the check of those in exports."""
