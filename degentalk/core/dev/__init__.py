"""`make dev`: the whole site in one terminal, with every process that it needs."""
