"""The reproduction of published results as JSON, text and a page: three renderings of one document."""
