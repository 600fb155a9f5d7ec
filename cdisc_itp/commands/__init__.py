"""Commands that have commands of their own, each family in a file; how every command ends."""
