"""Work that goes on after its request: what a job is, which kinds there are, and who runs them."""
