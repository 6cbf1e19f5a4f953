"""The lessons of the chapter."""
