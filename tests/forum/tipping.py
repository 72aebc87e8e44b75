"""What tests of tips need: members who may tip, and what must add up whatever happens."""

from django.db.models import Q, Sum

from degentalk.accounts.models import User
from degentalk.forum import services as forum
from degentalk.forum.models import Post, Tip
from tests import make
from tests.wallet.test_ledger import drift, give
from wallet.models import UserWallet
from xp.models import UserXp


def member(username: str, dgt: int = 0) -> User:
    """Somebody who may send and receive."""
    user = make.verified(make.user(username))
    if dgt:
        give(user, dgt, key=f"gift:{user.pk}")
    return user


def post_by(author: User, *, title: str = "Gas") -> Post:
    """The opening post of a new thread; its author has earned 20 XP by it."""
    return make.thread(author, title=title).posts.get()


def tip(post: Post, giver: User, amount: int, key: str = "", message: str = "") -> forum.Tipped:
    return forum.tip(post=post, giver=giver, amount=amount, key=key or forum.new_tip_key(), message=message)


def balance(user: User) -> int:
    return UserWallet.objects.of(user).dgt_balance


def points(user: User) -> int:
    return UserXp.objects.of(user).xp


def counted(post: Post) -> tuple[int, int]:
    """DGT and tips, as the post has them."""
    post.refresh_from_db()
    return post.tip_dgt, post.tip_count


def miscounted() -> list[int]:
    """Posts that count other tips than those that stand. The ledger must agree too."""
    stand = Q(tips__is_reversed=False)
    rows = Post.objects.annotate(dgt=Sum("tips__amount", filter=stand, default=0))
    wrong = [
        row.pk
        for row in rows
        if (row.tip_dgt, row.tip_count) != (row.dgt, Tip.objects.active().filter(post=row).count())
    ]
    return wrong + drift()
