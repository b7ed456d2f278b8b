from otter.test_files import test_case

OK_FORMAT = False

name = "q3"
points = 8

@test_case(points=1, hidden=False)
def test_q3_example(conv_output_size):
    """conv_output_size returns the right int for sides of 5 and 6, as in section 5"""
    from cnnlab.feedback.numbers import float_problem
    from cnnlab.feedback.shapes import size_problem
    from cnnlab.probes import observe, probe_each
    sizes = [(5, 3, 1, 0), (6, 3, 1, 0), (6, 1, 1, 0)]
    seen = probe_each([(observe, (conv_output_size, n, k), {}) for n, k, _, _ in sizes])
    problem = size_problem(seen, sizes, [3, 4, 6])
    problem = problem or float_problem(seen[0]['value'], 'q3: what conv_output_size returns')
    if problem:
        raise AssertionError(problem)

@test_case(points=0.5, hidden=False)
def test_q3_list(feature_map_sizes):
    """feature_map_sizes is a list of five numbers that starts with 28"""
    from cnnlab.feedback.numbers import sentence, whole_numbers
    sides = whole_numbers(feature_map_sizes)
    if isinstance(sides, str):
        raise AssertionError(sentence(f'q3: feature_map_sizes {sides}'))
    if sides[:1] != [28]:
        raise AssertionError("q3: feature_map_sizes does not start with 28. The image's own side belongs in front.")
    if len(sides) != 5:
        raise AssertionError(f'q3: feature_map_sizes has {len(sides)} numbers. It needs five: 28, then the side after conv1, pool, conv2 and pool.')

