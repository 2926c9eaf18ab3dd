"""External programs that unpack archives: a catalogue, those that are registered, and the cage in which they run."""
