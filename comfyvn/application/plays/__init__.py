"""Playthroughs: begin, go on, go back, keep, and compare them with other versions of the story."""
