"""What an administrator or a lead fills in for a question of the library."""

from accounts.forms import PortalForm
from intake.forms.texts import text_field


class LibraryQuestionForm(PortalForm):
    summary_elsewhere = True
    theme = text_field(
        "Theme", subject="The theme", missing="Enter the theme", least=2, most=30, rows=1
    )
    text = text_field(
        "Question",
        subject="The question",
        missing="Enter the question in at least 8 characters",
        least=8,
        most=200,
        rows=2,
    )
