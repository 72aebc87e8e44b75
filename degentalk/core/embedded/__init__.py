"""Embedded PostgreSQL and Valkey for development and tests. Production never imports anything but `places`."""
