"""Stand-ins for services outside, for development and tests only. Nothing else of the site imports them."""
