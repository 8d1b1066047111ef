# Every target only calls course.py; on Windows, call it directly ("python course.py lab").
PYTHON ?= python3

.PHONY: lab test setup doctor web site notebooks kit hub

# "make lab KIT=folder" sets up from a kit, without a network.
lab setup:
	@"$(PYTHON)" course.py $@ $(if $(KIT),--kit "$(KIT)")

test doctor notebooks:
	@"$(PYTHON)" course.py $@

# "make web OUT=page.html MODEL=mine.json"
web:
	@"$(PYTHON)" course.py web $(if $(OUT),"$(OUT)") $(if $(MODEL),--model "$(MODEL)")

# "make site OUT=folder"
site:
	@"$(PYTHON)" course.py site $(if $(OUT),"$(OUT)")

# "make kit OUT=folder ONLY=linux-3.11,windows-3.12"
kit:
	@"$(PYTHON)" course.py kit $(if $(OUT),"$(OUT)") $(if $(ONLY),--only "$(ONLY)")

# "sudo make hub HUB='--class names.txt --memory 2G'"; "make hub HUB=--help" lists all options
hub:
	@"$(PYTHON)" course.py hub $(HUB)
