// The map needs no script.
