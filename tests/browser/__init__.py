"""Journeys through the studio in a real browser, against a real server."""
