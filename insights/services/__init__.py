"""Acts of looking back."""
