"""While something about a member is undecided, nothing goes from that wallet to other members."""

from degentalk.accounts.models import User
from wallet.services.calling import ask


def stop_sending(*, user: User, because: str) -> None:
    """Let nothing more go from this wallet by transfer or tip until `let_send` says the same `because`, a key of ours
    like `order:<uuid>`. All else moves as ever. A transfer in flight happens before, or is refused. Twice is once."""
    ask("select dgt_stop_sending(%s, %s)", [user.pk, because])


def let_send(*, user: User, because: str) -> None:
    """End what `because` stopped, if it does. The member sends again once nothing else stops it."""
    ask("select dgt_let_send(%s, %s)", [user.pk, because])
