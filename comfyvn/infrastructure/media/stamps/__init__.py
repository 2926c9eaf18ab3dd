"""Our stamp in the formats that have a place for it: written and taken out by the byte, never by encoding anew."""
