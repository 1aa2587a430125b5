"""Speed, measured beside a peer and beside what the machine can do, in one run."""
