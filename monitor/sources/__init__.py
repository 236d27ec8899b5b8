"""Reading: rosters and action logs, in files of any size, good lines and bad."""
