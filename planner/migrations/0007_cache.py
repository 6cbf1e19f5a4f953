"""The table of the cache: what several processes and hosts must know alike, such as attempts to log in."""

from django.core.management import call_command
from django.db import migrations

TABLE = "planner_cache"


def make(apps, schema_editor):
    call_command("createcachetable", TABLE, database=schema_editor.connection.alias, verbosity=0)


def drop(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE IF EXISTS {TABLE}")


class Migration(migrations.Migration):

    dependencies = [("planner", "0006_events_never_change")]

    operations = [migrations.RunPython(make, drop)]
