"""Text fields that say in our words what is missing, too short or too long."""

from django import forms


def text_field(
    label: str,
    *,
    subject: str,
    most: int,
    missing: str = "",
    least: int = 0,
    hint: str = "",
    rows: int = 4,
) -> forms.CharField:
    """A text of several lines, or of one when `rows` is 1. Without `missing` it may stay empty.

    `subject` begins the sentence that says it is too long, such as "Your message".
    """
    one_line = rows == 1
    widget = forms.TextInput() if one_line else forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=most,
        min_length=least or None,
        required=bool(missing),
        widget=widget,
        error_messages={
            "required": missing,
            "min_length": missing,
            "max_length": f"{subject} must be {most:,} characters or less. You have %(show_value)d",
        },
    )
