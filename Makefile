# Nothing but make and Python 3.11 or newer is needed; everything else goes into .venv.
PYTHON ?= python3
ASSIGNMENT ?= assignment
SUBMISSIONS ?= submissions/example
OUTPUT ?= grades
JOBS ?= 0
FORCE ?=
REMOVE ?=
GRADEBOOK ?=
COLUMN ?=
POINTS ?=
GROUPS ?=
COMPARE ?=
YES ?=
ISOLATION ?= 3
PRACTICE ?=
WHO ?=
STUDENT ?=
QUESTION ?=
NOTEBOOK ?=
PROMPT ?=
SEEDS ?= 20
PORT ?=
LOG ?= info
ANONYMOUS ?=
TORCH_INDEX ?=
CLUSTER ?=
TLS ?=
INSECURE ?=

VARIABLES := PYTHON ASSIGNMENT SUBMISSIONS OUTPUT JOBS FORCE REMOVE GRADEBOOK COLUMN POINTS GROUPS COMPARE YES ISOLATION PRACTICE WHO STUDENT QUESTION NOTEBOOK PROMPT SEEDS PORT LOG ANONYMOUS TORCH_INDEX CLUSTER TLS INSECURE
GIVEN := $(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))),$(name)))
UNKNOWN := $(filter-out $(VARIABLES) MAKEFLAGS MAKEOVERRIDES,$(GIVEN))
$(if $(UNKNOWN),$(error There is no variable $(UNKNOWN). Those that there are: $(VARIABLES)))
# Names that students have given themselves: the shell gets them as they are, and reads nothing in them.
override export STUDENT := $(value STUDENT)
override export REMOVE := $(value REMOVE)
is_on = $(filter-out 0 no No NO false False off,$(1))

BIN := .venv/bin
RUN := $(BIN)/python -m autograder
PROVE := $(BIN)/python -m proofs
OF := --assignment "$(ASSIGNMENT)"
ISOLATED := --require-isolation $(ISOLATION) $(if $(call is_on,$(PRACTICE)),--practice)
WHERE := $(if $(CLUSTER),--cluster "$(CLUSTER)") $(if $(TLS),--tls "$(TLS)") $(if $(call is_on,$(INSECURE)),--insecure)
LOCK := $(if $(TORCH_INDEX),build/requirements-cpu.lock,requirements.lock)
.DEFAULT_GOAL := help

.PHONY: help grade regrade report feedback archive desk explain test release autograder fit verify calibrate fairness bench bench-cluster pages lint lock clean attack guards fuzz load pictures

help:  ## List the targets and the variables
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo '  ASSIGNMENT=$(ASSIGNMENT) (the folder of the assignment; docs/new-assignment.md: one of your own)'
	@echo '  Variables: SUBMISSIONS=$(SUBMISSIONS) OUTPUT=$(OUTPUT) JOBS=$(JOBS) (0: one a core) PYTHON=$(PYTHON)'
	@echo '  LOG=$(LOG) (or debug, warning, off: how much OUTPUT/autograder.log tells)'
	@echo '  ISOLATION=$(ISOLATION) (the weakest tier that will do) PRACTICE=1 (a weaker one will do: the marks do not count)'
	@echo '  FORCE=1 (grade SUBMISSIONS again, whatever is graded) REMOVE=<student> (only take this one out of the class)'
	@echo '  GRADEBOOK=<export of Canvas or Moodle> COLUMN=<title>: a copy with the marks goes into OUTPUT'
	@echo '  POINTS=convert (or keep: where the gradebook’s column counts other points than the course)'
	@echo '  COMPARE=<folders of former classes>: the class report tells whose answers are like theirs'
	@echo '  GROUPS=<table of groups>: every member gets the mark of the hand-in'
	@echo '  NOTEBOOK=1 (explain: write a notebook with the checks in place) PROMPT=1 (explain: a prompt in the sandbox)'
	@echo '  QUESTION=q5 SEEDS=2 (verify: only this question, this many seeds for solution and blank)'
	@echo '  WHO="ann bob" (who decides at the desk: an address for each) PORT=8800 (the desk’s; else a free one)'
	@echo '  CLUSTER=tcp://host:8786, local:4 or slurm.toml: grade, regrade on Dask’s workers TLS=<folder with ca.pem, cert.pem, key.pem>'
	@echo '  INSECURE=1 (a cluster without TLS will do: the network is mine alone)'
	@echo '  TORCH_INDEX=<url of an index with CPU-only builds of torch> makes a smaller .venv'

grade: .venv/installed  ## Grade SUBMISSIONS, one or many, into the class in OUTPUT; the others in it stay
	$(RUN) grade "$(SUBMISSIONS)" --output "$(OUTPUT)" --jobs $(JOBS) --log $(LOG) $(ISOLATED) $(if $(call is_on,$(FORCE)),--force) $(if $(REMOVE),--remove "$$REMOVE") $(if $(GRADEBOOK),--gradebook "$(GRADEBOOK)") $(if $(COLUMN),--column "$(COLUMN)") $(if $(POINTS),--points "$(POINTS)") $(foreach folder,$(COMPARE),--compare "$(folder)") $(if $(GROUPS),--groups "$(GROUPS)") $(OF) $(WHERE)

regrade: .venv/installed  ## Grade SUBMISSIONS anew, show who would move, then ask (YES=1: do not ask)
	$(RUN) regrade "$(SUBMISSIONS)" --output "$(OUTPUT)" --jobs $(JOBS) --log $(LOG) $(ISOLATED) $(if $(GROUPS),--groups "$(GROUPS)") $(if $(call is_on,$(YES)),--yes) $(OF) $(WHERE)

report: .venv/installed  ## Write all reports on the class in OUTPUT anew (ANONYMOUS=1: statistics without names)
	$(RUN) report "$(OUTPUT)" $(foreach folder,$(COMPARE),--compare "$(folder)") $(if $(call is_on,$(ANONYMOUS)),--anonymous) $(OF)

feedback: .venv/installed  ## Pack each student's feedback for the system that SUBMISSIONS came from, in OUTPUT/feedback
	$(RUN) feedback "$(SUBMISSIONS)" --output "$(OUTPUT)" $(if $(GRADEBOOK),--gradebook "$(GRADEBOOK)") $(if $(COLUMN),--column "$(COLUMN)") $(if $(GROUPS),--groups "$(GROUPS)") $(OF)

archive: .venv/installed  ## Pack the class in OUTPUT into one file, OUTPUT/archive/ (ANONYMOUS=1: without names)
	$(RUN) archive "$(OUTPUT)" $(if $(call is_on,$(ANONYMOUS)),--without-names) $(OF)

desk: .venv/installed  ## Open the class in OUTPUT in a browser on this machine: what waits, students, questions
	$(RUN) desk "$(OUTPUT)" $(foreach name,$(WHO),--who "$(name)") $(if $(PORT),--port $(PORT)) $(OF)

explain: .venv/installed  ## Run one STUDENT again and show what the failing checks of a QUESTION compared
	$(RUN) explain "$$STUDENT" "$(QUESTION)" --output "$(OUTPUT)" $(if $(call is_on,$(NOTEBOOK)),--notebook) $(if $(call is_on,$(PROMPT)),--shell) $(OF)

test: .venv/installed  ## Run the kit's own tests
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder # two files at once, in their order

release: .venv/installed  ## Write student_release/ and solutions/, unless the release gate finds a problem
	$(RUN) release $(OF)

autograder: .venv/installed  ## Write build/<id>/autograder.zip, to be uploaded to Gradescope
	$(RUN) gradescope $(OF)

fit: .venv/installed  ## Measure what grading needs against Gradescope's containers; writes docs/gradescope-fit.md
	$(PROVE) fit

verify: .venv/installed  ## Plant every known mistake and prove that the checks find it; writes docs/test-quality.md
	$(PROVE) verify --jobs $(JOBS) --seeds $(SEEDS) $(if $(QUESTION),--question "$(QUESTION)") $(OF)

attack: .venv/installed  ## Run every attack at three tiers of isolation; writes docs/attacks.md
	$(PROVE) attack --jobs $(JOBS)

guards: .venv/installed  ## Break every guard in a copy and see what notices; writes docs/guards.md
	$(PROVE) guards --jobs $(JOBS)

fuzz: .venv/installed  ## Feed 100,000 damaged inputs to the wire and to the readers of files
	$(PROVE) fuzz

load: .venv/installed  ## Grade 1,000 mixed submissions in one process, kill 50 runs; writes docs/load.md
	$(PROVE) load --jobs $(JOBS)

calibrate: .venv/installed  ## Train the reference networks and write the thresholds of q12 and q18
	$(PROVE) calibrate

fairness: .venv/installed  ## Train what honest students train, see who passes q12; writes docs/fairness.md
	$(PROVE) fairness

bench: .venv/installed  ## Measure the engine against stock otter run; writes docs/benchmark.md
	$(PROVE) bench

bench-cluster: .venv/installed  ## Measure grading on Dask's workers, kill 50 of them; writes docs/cluster.md
	$(PROVE) bench-cluster

pages: .venv/installed  ## Measure the desk's pages with 1,000 students; writes docs/desk.md
	$(PROVE) pages

pictures: .venv/installed  ## Take the README’s screenshots anew, into docs/pictures/ (needs Chromium)
	$(BIN)/python -m scripts.pictures

lint: .venv/installed  ## Check style and types
	$(BIN)/ruff check . && $(BIN)/pyright

lock: .venv/installed  ## Pin what pyproject.toml asks for, for all platforms, in requirements.lock
	UV_CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/uv pip compile --quiet --universal --all-extras pyproject.toml --output-file requirements.lock

clean:  ## Remove what can be generated again (not the grades)
	rm -rf build .pytest_cache .ruff_cache .hypothesis && find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

.venv/installed: $(LOCK)
	PYTHON="$(PYTHON)" sh scripts/install.sh $(LOCK) "$(TORCH_INDEX)"

build/requirements-cpu.lock: requirements.lock
	mkdir -p build && grep -vE '^(nvidia-|cuda-|triton)' requirements.lock > $@
