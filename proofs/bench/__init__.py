"""The engine against stock `otter run`, measured on the same machine."""
