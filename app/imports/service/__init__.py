"""What is done with an import: sent, judged, written, taken back."""
