"""Every model name of a repository: where it stands, until when it answers, who sees to it."""
