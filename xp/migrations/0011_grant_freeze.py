"""The permission to grant streak freezes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("xp", "0010_doctor")]
    operations = [
        migrations.AlterModelOptions(
            name="streakfreeze",
            options={
                "permissions": [("grant_freeze", "Can grant streak freezes to other members, with a reason")],
                "verbose_name": "streak freeze",
            },
        ),
    ]
