"""How days and times are written, where Django knows it otherwise."""
