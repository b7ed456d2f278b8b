from otter.test_files import test_case

OK_FORMAT = False

name = "q21"
points = 4

@test_case(points=0.75, hidden=False)
def test_q21_shift(random_shift):
    """Each image moves by its own shift, zeros come in, the generator decides; `pixels` may be 0"""
    from cnnlab.cases import once, whole_number
    from cnnlab.checks import require
    from cnnlab.diagnosis import fail
    from cnnlab.feedback.shifting import shift_images, shifting_problem
    from cnnlab.probes import probe_each
    from cnnlab.probes.shifting import shifting
    require('q21', 'random_shift', random_shift)
    plan = [(64, 1, 6, 2), (40, 2, 5, 1), (3, 1, 4, 0)]
    inputs = [(once(f'q21 shift {n}', shift_images, n, c, side), pixels) for n, c, side, pixels in plan]
    seed = whole_number('q21 shift')
    seen = probe_each([(shifting, (random_shift, *each, seed), {}) for each in inputs])
    for one, each in zip(seen, inputs):
        fail(shifting_problem(one, *each, public=True))

@test_case(points=0.75, hidden=False)
def test_q21_norm(batch_norm):
    """A batch of several images and channels, another eps, as many channels as columns"""
    from cnnlab.cases import generator
    from cnnlab.checks import compare
    from cnnlab.feedback.normalising import expected_norm, norm_cases, norm_mistakes
    sizes = [(3, 2, 2, 4, 0.1), (2, 3, 4, 3, 0.3), (4, 1, 3, 2, 1e-05), (3, 2, 2, 4, 0.5)]
    compare('q21', 'batch_norm', batch_norm, norm_cases(generator('q21 norm'), sizes), expected_norm, norm_mistakes, public=True)

@test_case(points=0.5, hidden=False)
def test_q21_report(table, conclusion):
    """The table holds four pairs of percentages, and there is a conclusion"""
    from cnnlab.feedback.measured_table import check_conclusion, check_table_form
    check_table_form(table)
    check_conclusion(conclusion)

