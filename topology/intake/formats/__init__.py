"""The access log formats, one module each; every `Format` and `Stranger` in here is found by itself."""
