"""Data of one's own: files, folders and archives of labelled images in every usual form."""
