"""How well words, lines and photographs are read."""
