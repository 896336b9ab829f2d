from django.db import migrations


def link_goals(apps, schema_editor):
    """Make a goal of each sentence that a version named, and link the versions to it."""
    Goal = apps.get_model("catalog", "Goal")
    ServiceVersion = apps.get_model("catalog", "ServiceVersion")
    for version in ServiceVersion.objects.exclude(goal="").order_by("service__position", "number"):
        name = version.goal[:120]
        goal = Goal.objects.filter(name__iexact=name).first()
        if goal is None:
            goal = Goal.objects.create(name=name, position=Goal.objects.count() + 1)
        version.goals.add(goal)


def write_goals_back(apps, schema_editor):
    for version in apps.get_model("catalog", "ServiceVersion").objects.all():
        first = version.goals.order_by("position", "id").first()
        version.goal = first.name if first else ""
        version.save(update_fields=["goal"])


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_service_rules_and_lists")]
    operations = [migrations.RunPython(link_goals, write_goals_back)]
