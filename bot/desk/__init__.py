"""The human hotline: cases, roster, clocks, alerts and keys. It knows no channel and no web page."""
