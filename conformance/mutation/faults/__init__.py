"""The faults that a mutant can name: what each changes in a request, a response or a stream."""
