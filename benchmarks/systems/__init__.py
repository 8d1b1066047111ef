"""The five published systems and ours, trained and tested on the same images."""
