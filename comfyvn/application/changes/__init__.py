"""Changes as people speak of them: what they are called, how they are found, what they did to the words."""
