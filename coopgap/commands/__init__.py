"""The subcommands, one module each, and the options that they share."""
