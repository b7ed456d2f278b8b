from otter.test_files import test_case

OK_FORMAT = False

name = "q1"
points = 8

@test_case(points=1, hidden=False)
def test_q1_example(manual_convolution2d):
    """The example of section 5: 5×5 image, 3×3 kernel"""
    import torch
    from cnnlab.feedback.compare import diagnose, missing, with_numbers
    from cnnlab.feedback.convolution import cross_correlation_mistakes
    from cnnlab.probes import observe, probe
    problem = missing('q1', 'manual_convolution2d', manual_convolution2d)
    if problem:
        raise AssertionError(problem)
    image = torch.tensor([[1, 2, 3, 4, 5], [4, 5, 6, 7, 8], [7, 8, 9, 0, 1], [2, 3, 4, 5, 6], [5, 6, 7, 8, 9]]).float()
    kernel = torch.tensor([[1.0, 0, -1], [1, 0, -1], [1, 0, -1]])
    expected = torch.tensor([[-6.0, 4, 4], [-6, 4, 4], [-6, 4, 4]])
    seen = probe(observe, manual_convolution2d, image, kernel)
    problem = diagnose(seen, expected, cross_correlation_mistakes(image, kernel), question='q1', name='manual_convolution2d', case='the 5×5 image and the 3×3 kernel of section 5')
    if problem:
        raise AssertionError(with_numbers(problem, seen, expected))

@test_case(points=1, hidden=False)
def test_q1_rectangle(manual_convolution2d):
    """A 3×5 image and a 2×3 kernel: nothing is square, nothing is symmetric"""
    import torch
    from cnnlab.feedback.compare import diagnose, missing, with_numbers
    from cnnlab.feedback.convolution import NON_SQUARE_HINT, cross_correlation_mistakes
    from cnnlab.probes import observe, probe
    problem = missing('q1', 'manual_convolution2d', manual_convolution2d)
    if problem:
        raise AssertionError(problem)
    image = torch.tensor([[1.0, 2, 0, 1, 3], [0, 1, 2, 3, 1], [2, 0, 1, 0, 2]])
    kernel = torch.tensor([[1.0, 2, 0], [0, -1, 3]])
    expected = torch.tensor([[10.0, 9, 2], [5, 4, 14]])
    seen = probe(observe, manual_convolution2d, image, kernel)
    problem = diagnose(seen, expected, cross_correlation_mistakes(image, kernel), question='q1', name='manual_convolution2d', case='the 3×5 image [[1, 2, 0, 1, 3], [0, 1, 2, 3, 1], [2, 0, 1, 0, 2]] and the 2×3 kernel [[1, 2, 0], [0, -1, 3]]', hint=NON_SQUARE_HINT)
    if problem:
        raise AssertionError(with_numbers(problem, seen, expected))

