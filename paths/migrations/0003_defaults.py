"""What a new site starts with. The figures live in paths/defaults.py; a site that tuned its own keeps them."""

from django.db import migrations

from paths import defaults


def load(apps, schema_editor):
    XpPath, XpPathLevel = apps.get_model("paths", "XpPath"), apps.get_model("paths", "XpPathLevel")
    for position, path in enumerate(defaults.PATHS, start=1):
        row = XpPath.objects.create(
            id=path.id,
            name=path.name,
            tagline=path.tagline,
            description=path.description,
            icon=path.icon,
            color=path.color,
            xp_multipliers=path.multipliers,
            position=position * 10,
        )
        XpPathLevel.objects.bulk_create(
            XpPathLevel(path=row, level=level, xp_required=xp, title=title)
            for level, (xp, title) in enumerate(zip(defaults.LEVEL_XP, path.titles, strict=True), start=1)
        )


def unload(apps, schema_editor):
    apps.get_model("paths", "XpPathLevel").objects.all().delete()
    apps.get_model("paths", "XpPath").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("paths", "0002_paths")]
    operations = [migrations.RunPython(load, unload)]
