"""What a stranger could try through a checkout, a title, an answer or a surrounding, each for real."""
