"""The standards' nouns, frozen; imports nothing else of ours."""
