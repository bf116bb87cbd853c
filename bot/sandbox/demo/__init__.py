"""The demo centre: teaching content in files, and the loader that reads it."""
