"""What people read: terminal, HTML, pictures."""
