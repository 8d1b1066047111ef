"""How well single characters are read in pictures of all kinds."""
