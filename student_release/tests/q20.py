from otter.test_files import test_case

OK_FORMAT = False

name = "q20"
points = 3

@test_case(points=0.75, hidden=False)
def test_q20_overfits(overfits):
    """Healthy networks, one with dropout, one that sees nothing, too few steps, a batch that contradicts itself"""
    from cnnlab.cases import once
    from cnnlab.checks import require
    from cnnlab.diagnosis import fail
    from cnnlab.feedback.overfitting import overfitting_problem, trial
    from cnnlab.probes import probe_each
    require('q20', 'overfits', overfits)
    plan = [('healthy', 32, 10, 120), ('healthy', 20, 5, 100), ('healthy', 32, 10, 1), ('blind', 32, 10, 20), ('noisy', 32, 10, 120), ('healthy', 32, 10, 100, True)]
    trials = [once(f'q20 example {k}', trial, *each) for k, each in enumerate(plan)]
    seen = probe_each([each.call(overfits) for each in trials])
    fail(overfitting_problem(seen, trials, public=True))

@test_case(points=0, hidden=False, 
    success_message="The form is right. Whether the words are right is decided at grading.")
def test_q20_form(diagnosis):
    """One of the four words is there for each patient (this says nothing about which are right)"""
    from cnnlab.feedback.patients import check_form
    check_form(diagnosis)

@test_case(points=0.5, hidden=False)
def test_q20_mended(mended_loop):
    """Three batches, the last one smaller: the losses, and where the parameters end"""
    from cnnlab.cases import once
    from cnnlab.checks import require
    from cnnlab.diagnosis import fail
    from cnnlab.feedback.mending import loop_case, mending_problem
    from cnnlab.probes import probe
    from cnnlab.probes.patients import mending
    require('q20', 'mended_loop', mended_loop)
    loop = once('q20 mended', loop_case, 14, 6, 0.3)
    fail(mending_problem(probe(mending, mended_loop, *loop.case, loop.options), loop, public=True))

