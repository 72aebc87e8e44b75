from degentalk.core.errors import MemberError


class RuleError(MemberError):
    """A draft of the rules that must not come into force, with the reason in words for staff."""

    code = "rules-refused"
