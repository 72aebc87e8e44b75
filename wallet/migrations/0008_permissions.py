from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("wallet", "0007_boards")]
    operations = [
        migrations.AlterModelOptions(
            name="userwallet",
            options={
                "permissions": [
                    ("adjust_dgt", "Can add DGT to members and take it"),
                    ("freeze_wallet", "Can freeze wallets and let them move again"),
                    ("reverse_journal", "Can reverse journals"),
                ],
                "verbose_name": "wallet",
            },
        ),
    ]
