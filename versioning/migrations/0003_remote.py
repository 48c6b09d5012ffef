from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("versioning", "0002_change_requests")]

    operations = [
        migrations.CreateModel(
            name="Remote",
            fields=[
                ("name", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("url", models.TextField()),
            ],
            options={"db_table": "dolt_remotes", "managed": False},
        ),
    ]
