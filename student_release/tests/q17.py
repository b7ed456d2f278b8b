from otter.test_files import test_case

OK_FORMAT = False

name = "q17"
points = 6

@test_case(points=1.5, hidden=False)
def test_q17_example(kernel_gradient):
    """A 3×4 image, a 2×2 kernel and an upstream of 2×3 numbers"""
    import torch
    from cnnlab.feedback.compare import missing, with_numbers
    from cnnlab.feedback.gradients import gradient_problem
    from cnnlab.probes import observe, probe
    problem = missing('q17', 'kernel_gradient', kernel_gradient)
    if problem:
        raise AssertionError(problem)
    image = torch.tensor([[1.0, 2, 0, 3], [0, 1, 4, 1], [2, 0, 1, 5]], dtype=torch.float64)
    kernel = torch.tensor([[1.0, 2], [3, -1]], dtype=torch.float64)
    upstream = torch.tensor([[1.0, 0, 2], [-1, 3, 0]], dtype=torch.float64)
    expected = torch.tensor([[4.0, 19], [6, 6]], dtype=torch.float64)
    seen = probe(observe, kernel_gradient, image, kernel, upstream)
    problem = gradient_problem(seen, expected, (image, kernel, upstream), 'image [[1, 2, 0, 3], [0, 1, 4, 1], [2, 0, 1, 5]], kernel [[1, 2], [3, -1]] and upstream [[1, 0, 2], [-1, 3, 0]]')
    if problem:
        raise AssertionError(with_numbers(problem, seen, expected))

