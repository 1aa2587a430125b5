"""The log of events, the way commands reach it, and the readers that follow it. Knows no business."""
