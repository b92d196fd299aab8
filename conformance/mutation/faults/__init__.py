"""The faults that a mutant can name: what each does to a response, a request or a stream."""
