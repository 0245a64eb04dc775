"""Games put to agents: prompts, replies, runs and their logs."""
