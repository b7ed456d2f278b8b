from otter.test_files import test_case

OK_FORMAT = False

name = "q16"
points = 4

@test_case(points=1, hidden=False)
def test_q16_examples(receptive_field):
    """A pixel sees 1, one 3×3 convolution 3, a 7×7 one 7"""
    from cnnlab.feedback.counts import field_problem
    from cnnlab.probes import observe, probe_each
    stacks = [[], [(3, 1)], [(7, 1)]]
    seen = probe_each([(observe, (receptive_field, stack), {}) for stack in stacks])
    problem = field_problem(seen, stacks, [[1], [1, 3], [1, 7]])
    if problem:
        raise AssertionError(problem)

