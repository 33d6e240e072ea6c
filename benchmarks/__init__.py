"""Each promise about speed, measured beside what people would use instead; README.md says how to run and add one."""
