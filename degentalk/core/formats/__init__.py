"""How each language writes moments, where that is not Django's way."""
