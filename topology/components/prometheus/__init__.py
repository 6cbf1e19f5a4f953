"""Monitoring: one Prometheus that asks every server, and the exporters that answer it."""
