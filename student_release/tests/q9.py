from otter.test_files import test_case

OK_FORMAT = False

name = "q9"
points = 5

@test_case(points=1, hidden=False)
def test_q9_example(count_parameters):
    """A layer with 3 inputs and 2 outputs has 2·3 weights and 2 biases; the count is an int"""
    from cnnlab.feedback.counts import count_problem
    from cnnlab.feedback.numbers import float_problem
    from cnnlab.probes import probe
    from cnnlab.probes.shapes import observe_networks
    seen = probe(observe_networks, count_parameters, [[('linear', 3, 2, True)]])
    mistakes = {'the biases are missing': [6], 'it counts parameter tensors, not the numbers in them': [2], 'it counts bytes: a float32 takes four': [32]}
    problem = count_problem(seen, ['nn.Linear(3, 2)'], [8], mistakes)
    problem = problem or float_problem(seen[0]['value'], 'q9: what count_parameters returns')
    if problem:
        raise AssertionError(problem)

