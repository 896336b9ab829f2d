"""What people fill in while looking back."""
