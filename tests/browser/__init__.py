"""The pages in Chromium: on postgresql, doltlite and dolt, whose pages differ."""
