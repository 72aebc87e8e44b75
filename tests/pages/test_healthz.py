"""What load balancers ask."""

import os

import psycopg
import pytest
from django.db import connections
from psycopg import sql

from tests.databases import in_database


@pytest.mark.django_db
def test_it_says_ok_while_the_database_answers(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.django_db
def test_it_costs_one_query_and_no_session(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get("/healthz")
    assert (answer.cookies, answer["Cache-Control"].startswith("max-age=0")) == ({}, True)


def test_it_says_503_while_the_database_does_not_answer(client, committed_db):
    connections["default"].close()
    with psycopg.connect(in_database(os.environ["DATABASE_OWNER_URL"], "postgres"), autocommit=True) as owner:
        owner.execute(sql.SQL("alter database {} with allow_connections false").format(sql.Identifier(committed_db)))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"database")
