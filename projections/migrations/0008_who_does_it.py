"""Who does what needs doing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projections", "0007_customers_and_revenue"),
    ]

    operations = [
        migrations.AddField(
            model_name="workitem",
            name="turn",
            field=models.BigIntegerField(default=0, verbose_name="turn"),
        ),
        migrations.AddField(
            model_name="workitem",
            name="taken_by",
            field=models.CharField(default="", max_length=200, verbose_name="taken by"),
        ),
        migrations.AddField(
            model_name="workitem",
            name="taken_at",
            field=models.DateTimeField(null=True, verbose_name="taken at"),
        ),
    ]
