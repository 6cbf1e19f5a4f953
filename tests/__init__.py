"""The tests of Tierwright; they mirror the tree."""
