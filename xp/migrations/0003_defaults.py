"""What a new site starts with. The figures live in xp/defaults.py; a site that tuned its own keeps them."""

from django.db import migrations

from xp import defaults


def load(apps, schema_editor):
    XpAction = apps.get_model("xp", "XpAction")
    XpLevel = apps.get_model("xp", "XpLevel")
    LevelDgtReward = apps.get_model("xp", "LevelDgtReward")
    XpAction.objects.bulk_create(
        XpAction(
            name=name,
            label=label,
            default_value=base,
            cooldown_seconds=cooldown,
            description=description,
        )
        for name, label, base, cooldown, description in defaults.ACTIONS
    )
    for level in range(1, defaults.LEVELS + 1):
        _, tier, rank_name, color = defaults.tier_of(level)
        XpLevel.objects.create(
            level=level,
            xp_required=defaults.xp_required(level),
            rank_name=rank_name,
            tier=tier,
            color_code=color,
        )
        if level > 1:
            LevelDgtReward.objects.create(level_id=level, dgt_reward=defaults.reward_dgt(level))


def unload(apps, schema_editor):
    for name in ("LevelDgtReward", "XpLevel", "XpAction"):
        apps.get_model("xp", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("xp", "0002_doors"), ("wallet", "0003_system_accounts")]
    operations = [migrations.RunPython(load, unload)]
