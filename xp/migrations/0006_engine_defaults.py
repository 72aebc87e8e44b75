"""Limits and milestones of the default actions, and the totals of the periods that are under way."""

from django.db import migrations

from xp import defaults

OLD_TIP_XP = 5  # flat; tips now pay by amount

PERIODS_UNDER_WAY = """
insert into xp_period_totals (period, starts_on, user_id, xp, is_listed)
    select p.period, p.starts_on, l.user_id, sum(l.xp_awarded), x.is_listed
    from (
        select period, (date_trunc(period, clock(), 'UTC') at time zone 'UTC')::date as starts_on,
            date_trunc(period, clock(), 'UTC') as starts_at
        from unnest(array ['day', 'week', 'month']) period
    ) p
    join xp_log l on l.created_at >= p.starts_at
    join user_xp x on x.user_id = l.user_id
    group by p.period, p.starts_on, l.user_id, x.is_listed
"""


def load(apps, schema_editor):
    XpAction = apps.get_model("xp", "XpAction")
    for name, limits in defaults.LIMITS.items():
        XpAction.objects.filter(name=name).update(**limits)
    XpAction.objects.filter(name__in=["tip_given", "tip_received"], default_value=OLD_TIP_XP).update(default_value=1)
    StreakMilestone = apps.get_model("xp", "StreakMilestone")
    StreakMilestone.objects.bulk_create(StreakMilestone(days=days, xp=xp) for days, xp in defaults.MILESTONES)


def unload(apps, schema_editor):
    apps.get_model("xp", "StreakMilestone").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("xp", "0005_doors")]
    operations = [
        migrations.RunPython(load, unload),
        migrations.RunSQL(PERIODS_UNDER_WAY, "delete from xp_period_totals"),
    ]
