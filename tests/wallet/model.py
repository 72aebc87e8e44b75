"""What the ledger should do, in plain Python: dicts and whole numbers, nothing of the product.

Each act is asked twice. `against_…` names every reason against it, so that the ledger must refuse exactly when there is
one, and for one of them. Otherwise the act changes the figures, and is kept by its key for reversals.
"""

from collections import Counter, defaultdict

SOURCES = ("rewards", "stripe")
SINK = "shop"
STAFF = ("moderator", "admin")

POLICY = {
    "transfer_min_dgt": 2,
    "transfer_max_dgt": 125,
    "tip_min_dgt": 1,
    "tip_max_dgt": 100,
    "daily_max_dgt": 250,
    "fee_bps": 300,
    "purchases_locked_days": 3,
    "approval_above_dgt": 150,
}


class Model:
    """A small world: members, system accounts, and a day that only the model moves on."""

    def __init__(self, members):
        self.today = 0
        self.members = {name: Counter(balance=0, held=0, debt=0, earned=0, spent=0) for name in members}
        self.system = Counter()
        self.frozen = set()
        self.journals = {}
        self.holds = {}
        self.reversed = set()
        self.sent = defaultdict(Counter)
        self.decided_alone = defaultdict(Counter)

    # ── what speaks against an act ──────────────────────────────────────────────────────────────────────────────────

    def against_paying(self, name, amount):
        """A member pays from the balance."""
        return self._frozen(name) | self._short(name, amount)

    def against_being_paid(self, name):
        """A member is paid, or owes what is taken: nothing else can be missing."""
        return self._frozen(name)

    def against_sending(self, kind, sender, receiver, amount, agreed_fee):
        """A transfer or a tip from member to member."""
        if sender == receiver:
            return {"no-such-account"}
        reasons = self._frozen(sender)
        if receiver in self.frozen:
            reasons.add("cannot-receive")
        fee = self.fee(kind, amount)
        if amount < POLICY[f"{kind}_min_dgt"]:
            reasons.add("too-little")
        if amount > POLICY[f"{kind}_max_dgt"]:
            reasons.add("too-much")
        if agreed_fee not in (None, fee):
            reasons.add("fee-changed")
        if self.sent[self.today][sender] + amount > POLICY["daily_max_dgt"]:
            reasons.add("daily-limit")
        short = self._short(sender, amount + fee)
        if not short and self.members[sender]["balance"] - self.bought_lately(sender) < amount + fee:
            reasons.add("locked")
        return reasons | short

    def against_settling(self, hold, amount):
        """A hold is released or captured; without an amount, all that is left of it."""
        reasons = self._frozen(self.holds[hold]["member"])
        left = self.holds[hold]["left"]
        if left == 0 or (amount or 0) > left:
            reasons.add("not-so-much-held")
        return reasons

    def against_adjusting(self, name, amount, actor, approver):
        """Staff add DGT to a member, or take it."""
        reasons = self._frozen(name) | self._not_alone(actor, approver, abs(amount))
        return reasons | (self._short(name, -amount) if amount < 0 else set())

    def against_reversing(self, key, actor, approver, into_debt):
        """A journal is undone."""
        journal = self.journals[key]
        reasons = self._frozen(*journal["members"]) | self._not_alone(actor, approver, self.moved(key))
        if key in self.reversed or journal["kind"] in ("hold", "release", "reversal"):
            reasons.add("already-reversed")
        if not into_debt:
            for name, change in journal["members"].items():
                reasons |= self._short(name, change)
        return reasons

    # ── what an act does ────────────────────────────────────────────────────────────────────────────────────────────

    def move(self, key, kind, members, system=(), into_debt=False, counts=""):
        """Enter a journal: what each member gets or gives, and each system account."""
        self.journals[key] = {
            "kind": kind,
            "members": dict(members),
            "system": dict(system),
            "counts": counts,
            "day": self.today,
        }
        for name, change in dict(members).items():
            self._change(self.members[name], change, into_debt)
            if counts:
                self.members[name][counts] += change if counts == "earned" else -change
        self.system.update(dict(system))

    def send(self, key, kind, sender, receiver, amount):
        """A transfer with its fee, or a tip."""
        fee = self.fee(kind, amount)
        self.move(key, kind, {sender: -amount - fee, receiver: amount}, {"fees": fee} if fee else {})
        self.sent[self.today][sender] += amount

    def hold(self, key, name, amount):
        """Set DGT aside."""
        self.move(key, "hold", {name: -amount})
        self.members[name]["held"] += amount
        self.holds[key] = {"member": name, "left": amount}

    def settle(self, key, kind, hold, amount):
        """Give held DGT back, or pay with it."""
        held = self.holds[hold]
        amount = amount or held["left"]
        name = held["member"]
        held["left"] -= amount
        self.members[name]["held"] -= amount
        if kind == "release":
            self.move(key, "release", {name: amount})
            return
        self.move(key, "capture", {}, {SINK: amount})
        self.members[name]["spent"] += amount
        # Reversed, it comes back to the balance.
        self.journals[key] |= {"members": {name: -amount}, "counts": "spent"}

    def adjust(self, key, name, amount, actor, approver):
        """Staff decide."""
        self.move(key, "adjustment", {name: amount}, {"adjustments": -amount})
        if approver is None:
            self.decided_alone[self.today][actor] += abs(amount)

    def reverse(self, key, of, actor, approver, into_debt):
        """The mirror image, lifetime figures with it."""
        journal = self.journals[of]
        members, system = ({name: -n for name, n in journal[side].items()} for side in ("members", "system"))
        self.move(key, "reversal", members, system, into_debt, journal["counts"])
        self.reversed.add(of)
        if approver is None:
            self.decided_alone[self.today][actor] += self.moved(of)

    # ── figures ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def fee(self, kind, amount):
        """On top of a transfer, rounded down; a tip has none."""
        return amount * POLICY["fee_bps"] // 10_000 if kind == "transfer" else 0

    def moved(self, key):
        """The DGT that changed hands in a journal."""
        sides = (self.journals[key]["members"], self.journals[key]["system"])
        return sum(abs(change) for side in sides for change in side.values()) // 2

    def bought_lately(self, name):
        """DGT that may be spent but not sent."""
        return sum(
            journal["members"].get(name, 0)
            for key, journal in self.journals.items()
            if journal["kind"] == "purchase"
            and key not in self.reversed
            and journal["day"] > self.today - POLICY["purchases_locked_days"]
        )

    def _change(self, member, change, into_debt):
        if change > 0:
            repaid = min(change, member["debt"])
            member["debt"] -= repaid
            member["balance"] += change - repaid
            return
        taken = min(-change, member["balance"]) if into_debt else -change
        member["balance"] -= taken
        member["debt"] += -change - taken

    def _frozen(self, *names):
        return {"wallet-frozen"} if self.frozen.intersection(names) else set()

    def _short(self, name, amount):
        return {"not-enough-dgt"} if self.members[name]["balance"] < amount else set()

    def _not_alone(self, actor, approver, amount):
        if actor is None:
            return set()
        if approver is not None:
            return {"not-for-you"} if approver == actor else set()
        alone = self.decided_alone[self.today][actor] + amount
        return {"approval-needed"} if alone > POLICY["approval_above_dgt"] else set()
