"""English."""

DATETIME_FORMAT = "j M Y, H:i T"  # in the admin and everywhere else: no time without its zone
