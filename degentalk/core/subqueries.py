"""Queries as columns of others, where Django has none."""

from django.db.models import IntegerField, Subquery


class Counted(Subquery):
    """How many rows a query has, which may be sliced so that nobody counts further."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()
