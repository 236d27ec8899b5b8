"""What is kept: state in a database, events in columns."""
