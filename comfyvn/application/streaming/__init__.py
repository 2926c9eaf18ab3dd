"""What happens, told to many listeners at once."""
