"""The pages, one file or folder each; `build(place)` puts one onto the screen."""
