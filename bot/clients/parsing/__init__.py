"""Files of strangers are read in a child process with limits: see README.md."""
