from django.db import migrations, models

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("wallet", "0008_permissions")]
    operations = [
        migrations.AddField(
            model_name="dgtboardrefresh",
            name="wallets_after",
            field=models.BigIntegerField(null=True),
        ),
        sql_file(__file__, "0009_boards_in_parts.sql"),
    ]
