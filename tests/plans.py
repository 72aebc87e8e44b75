"""How the database really answered a call: rows, buffers, tables read from end to end. No clock decides any of it."""

import json

from django.db import connection
from django.test.utils import CaptureQueriesContext


def plans_of(call):
    """The plan of every query of a call, with what it really touched."""
    with CaptureQueriesContext(connection) as queries:
        call()
    plans = []
    with connection.cursor() as cursor:
        for query in queries.captured_queries:
            cursor.execute(f"explain (analyze, buffers, format json) {query['sql']}")
            found = cursor.fetchone()[0]
            plans.append((json.loads(found) if isinstance(found, str) else found)[0]["Plan"])
    return plans


def nodes(plan):
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def buffers(plans):
    return sum(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] for plan in plans)


def scans(plans):
    """Tables that were read from one end to the other."""
    every = [node for plan in plans for node in nodes(plan)]
    return {node["Relation Name"] for node in every if node["Node Type"] == "Seq Scan"}


def counts(plans):
    """How many index entries the longest scan returned: the bounded count of a position."""
    return max(node["Actual Rows"] for plan in plans for node in nodes(plan) if "Relation Name" in node)
