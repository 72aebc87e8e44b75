"""Groups of staff and what each may do in the admin; written to the database by `migrate`.

An admin is a superuser and needs no group. A permission that does not exist makes `migrate` fail.
"""

GROUPS: dict[str, set[str]] = {
    "moderator": set(),
    "economist": set(),
}
