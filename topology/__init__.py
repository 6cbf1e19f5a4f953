"""The domain: what a site is, and everything that follows from it."""
