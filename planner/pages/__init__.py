"""One module a page: its form, its views and its addresses."""
