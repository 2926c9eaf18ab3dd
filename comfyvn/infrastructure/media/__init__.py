"""Looks into pictures, sounds, films, fonts and texts that nobody vouches for, in a process of its own."""
