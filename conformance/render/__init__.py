"""Results for readers: terminal, JUnit, progress. Everything here takes a report or a matrix and decides nothing."""
