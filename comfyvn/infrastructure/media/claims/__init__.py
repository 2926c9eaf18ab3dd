"""What a file says of its own origin: read with limits, put into the terms of one model, and never believed further."""
