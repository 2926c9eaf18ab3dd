"""Small stories in the formats of other programs, written for these tests."""
