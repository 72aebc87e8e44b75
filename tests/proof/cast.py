"""`python -m tests.proof.cast MEMBERS WAITING` makes the members of a drill in the site's database; JSON says who.

Members have DGT, an API token, a session, a post that can be tipped, and a few XP less than the next level. The wallets
of those who wait are frozen, so that the rewards of their levels wait with them.
"""

import json
import os
import sys

import django

OPENING_DGT = 20_000
FEE_BPS = 250
MAIL_FROM_DGT = 40
WAITING_LEVEL = 10


def main(members: int, waiting: int) -> None:
    """Make them and print them."""
    from tests import make
    from wallet.models import WalletPolicy

    WalletPolicy.objects.update(fee_bps=FEE_BPS, mail_from_dgt=MAIL_FROM_DGT)
    staff, second = make.moderator(), make.moderator("second")
    threads = [make.thread(staff, title=f"Thread {number}") for number in range(4)]
    print(
        json.dumps(
            {
                "staff": staff.pk,
                "threads": [thread.pk for thread in threads],
                "members": [member(f"member{number}", threads[number % 4], staff, second) for number in range(members)],
                "waiting": [waiting_member(f"waiting{number}", staff, second) for number in range(waiting)],
            }
        )
    )


def member(username, thread, staff, second):
    """Somebody who writes, sends and tips."""
    from django.conf import settings
    from django.test import Client

    from degentalk.forum import services as forum
    from tests import make
    from wallet import services as wallet
    from xp import services as xp

    user = make.verified(make.user(username))
    wallet.credit(user=user, amount=OPENING_DGT, source="rewards", key=f"opening:{user.pk}", description="Opening")
    post = forum.reply(author=user, thread=thread, body=f"Tip me, I am {username}").post
    browser = Client()
    make.signed_in(browser, user)
    key = f"adjustment:nearly:{user.pk}"
    xp.adjust(user=user, points=25, reason="Nearly a level", actor=staff, key=key, approver=second)
    return {
        "id": user.pk,
        "post": post.pk,
        "token": make.api_token(user, "wallet:transfer", "dgt:purchase"),
        "session": browser.cookies[settings.SESSION_COOKIE_NAME].value,
    }


def waiting_member(username, staff, second):
    """Somebody whose rewards wait until the wallet may move again."""
    from tests import make
    from wallet import services as wallet
    from xp import services as xp
    from xp.defaults import xp_required

    user = make.user(username)
    wallet.freeze(user=user, reason="A drill", actor=staff)
    key = f"adjustment:far:{user.pk}"
    xp.adjust(user=user, points=xp_required(WAITING_LEVEL), reason="Far", actor=staff, key=key, approver=second)
    return user.pk


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "degentalk.settings"
    django.setup()
    main(*map(int, sys.argv[1:]))
