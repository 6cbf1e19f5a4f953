from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('planner', '0003_inquiries'),
    ]

    operations = [
        migrations.AlterField(
            model_name='inquiry',
            name='kind',
            field=models.CharField(choices=[('cheapest', 'the cheapest topology'), ('worlds', 'candidates over many worlds'), ('simulation', 'a simulation'), ('episode', 'a while replayed')], max_length=10),
        ),
    ]
