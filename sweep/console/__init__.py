"""What all commands share: options, errors in one sentence, exit codes, progress and words."""
