"""What measurements under load lean on: a full database, the real site, people who use it, and what may break."""
