"""The permission to grant boosts."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("xp", "0008_curve_changes")]
    operations = [
        migrations.AlterModelOptions(
            name="xpboost",
            options={
                "permissions": [("grant_boost", "Can grant boosts to other members, with a reason")],
                "verbose_name": "boost",
            },
        ),
    ]
