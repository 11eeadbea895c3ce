"""Pictures as SVG for pages and handouts: networks, training curves. Colours are the page's own variables."""
