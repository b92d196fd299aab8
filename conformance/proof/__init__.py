"""The proof that every check can fail: deliberately broken daemons, one fault each, and the table of who noticed."""
