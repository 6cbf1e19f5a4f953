"""lighttpd in its two roles: before sites that speak FastCGI, and for files."""
