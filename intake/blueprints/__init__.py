"""What a blueprint is made of, and how two texts of it differ. Knows no database."""
