"""What a new site starts with: six paths, each with a style of its own, in the rules that are in force."""

import re
from itertools import combinations
from pathlib import Path

import pytest
from django.conf import settings

from degentalk.rulebook import services as rulebook
from paths import rules
from paths.models import Colour, XpPath
from tests import make
from xp import services as xp

pytestmark = pytest.mark.django_db


def test_there_are_six_paths_and_all_of_them_are_in_force():
    known = rules.paths(rulebook.current().rules)
    assert set(known) == set(XpPath.objects.values_list("id", flat=True))
    assert len(known) == 6
    assert all(path.is_active and len(path.levels) == 10 for path in known.values())


def test_each_has_a_style_of_its_own_and_asks_something_for_it():
    multipliers = [path.multipliers for path in rules.paths(rulebook.current().rules).values()]
    for one in multipliers:
        assert max(one.values()) > rules.ONE > min(one.values())
    for one, other in combinations(multipliers, 2):
        assert max(one, key=one.get) != max(other, key=other.get) or one != other


def test_titles_are_their_own_and_icons_and_colours_exist():
    titles = [level.title for path in XpPath.objects.shown() for level in path.levels.all()]
    assert len(titles) == len(set(titles)) == 60
    icons = (Path(settings.BASE_DIR) / "static/img/icons.svg").read_text(encoding="utf-8")
    for path in XpPath.objects.all():
        assert re.search(rf'id="{path.icon}"', icons), path.icon
        assert path.color in Colour.values


def test_no_path_lets_anybody_earn_more_than_a_path_may():
    alice = make.user("alice")
    assert set(xp.forecast(alice).by_path.values()) == {0}
