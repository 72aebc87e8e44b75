"""Paths as tests of pages want them: none but their own, with members somewhere in them."""

from degentalk.rulebook import services as rulebook
from paths import services as paths
from paths.models import PathPolicy, UserPath, XpPath, XpPathLevel
from tests import make
from xp import services as xp
from xp.models import XpAction

TITLES = ("Novice", "Adept", "Master")


def only(*wanted):
    """These paths of (id, {action: basis points}) are all there are to choose from."""
    XpPath.objects.update(is_active=False)
    made = [a_path(number, **multipliers) for number, multipliers in wanted]
    publish()
    return made


def a_path(number, **multipliers):
    """A path of three levels: 0, 30 and 100 XP."""
    path = XpPath.objects.create(
        id=number,
        name=number.removeprefix("test-").title(),
        tagline=f"For {number}",
        icon="rocket",
        color="aqua",
        xp_multipliers=multipliers,
    )
    for level, (xp_required, title) in enumerate(zip((0, 30, 100), TITLES, strict=True), start=1):
        XpPathLevel.objects.create(path=path, level=level, xp_required=xp_required, title=title)
    return path


def publish():
    """What the tables say is in force; nothing cools down but the choice of a path."""
    XpAction.objects.update(cooldown_seconds=0)
    rulebook.publish(actor=None, reason="test")
    rulebook.forget()


def waits(hours):
    """So many hours between two choices."""
    PathPolicy.objects.update(switch_cooldown_hours=hours)
    publish()


def pause(path):
    XpPath.objects.filter(pk=path.pk).update(is_active=False)
    publish()


def choose(member, path, **how):
    return paths.choose_primary(user=member, path_id=path.pk, **how)


def earn(member, points, *, number=None):
    """So much XP, whatever the path makes of it."""
    number = number or make.serial()
    return xp.award(user=member, action="special_event", key=f"event:{number}", cause=("event", number), base=points)


def primary(member):
    return UserPath.objects.filter(user=member, primary_path=True).values_list("path_id", flat=True).first()
