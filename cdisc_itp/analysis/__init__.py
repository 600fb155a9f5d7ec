"""What a study's analysis shows: tables and figures computed from its datasets."""
