"""How do trains run, and what does a journey cost? Timetables, coaches, runs on a date, fares."""
