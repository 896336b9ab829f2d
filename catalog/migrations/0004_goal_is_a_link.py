from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_goals_from_words")]
    operations = [migrations.RemoveField(model_name="serviceversion", name="goal")]
