# Thin: everything is done by course.py, which Windows calls directly ("python course.py lab").
PYTHON ?= python3

.PHONY: lab test setup doctor notebooks

lab test setup doctor notebooks:
	@"$(PYTHON)" course.py $@
