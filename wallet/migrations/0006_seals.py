from django.db import migrations, models

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("wallet", "0005_doors"), ("core", "0003_refuse_change")]
    operations = [
        migrations.AddIndex(
            model_name="dgtseal",
            index=models.Index(fields=["epoch", "xid"], name="dgt_seals_bound"),
        ),
        sql_file(__file__, "0006_seals.sql"),
    ]
