"""How tests fill in the forms that send DGT, and what they look at afterwards."""

import re
from typing import Any

from tests.html import main_of
from wallet.models import DgtJournal, UserWallet


def ask(browser, **fields):
    """Fill in the first form."""
    return browser.post("/wallet/send", {"to": "bob", "amount": "40", "memo": ""} | fields)


def hidden(answer):
    """The form of the second step as a browser would send it."""
    form = main_of(answer).split('id="dgt-transfer"')[1].split("</form>")[0]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)"', form))
    return {name: value for name, value in fields.items() if name != "csrfmiddlewaretoken"}


def confirm(browser, fields, **changes: Any):
    return browser.post("/wallet/transfer", fields | changes)


def errors(answer):
    return {name: list(sentences) for name, sentences in answer.context["form"].errors.items()}


def moved():
    return DgtJournal.objects.filter(kind="transfer").count()


def balance(user):
    return UserWallet.objects.of(user).dgt_balance
