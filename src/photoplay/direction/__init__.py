"""What a prompt asks for: pure text to values."""
