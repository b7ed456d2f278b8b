from otter.test_files import test_case

OK_FORMAT = False

name = "q5"
points = 8

@test_case(points=1, hidden=False)
def test_q5_padding_example(conv2d):
    """A 2×3 image with padding 1 and bias 10"""
    import torch
    from cnnlab.feedback.compare import diagnose, missing, with_numbers
    from cnnlab.feedback.strides import SIZE_HINT, conv2d_mistakes
    from cnnlab.probes import observe, probe
    problem = missing('q5', 'conv2d', conv2d)
    if problem:
        raise AssertionError(problem)
    image = torch.tensor([[1.0, 2, 3], [4, 5, 6]])
    kernel = torch.tensor([[1.0, 2], [3, 4], [5, 6]])
    expected = torch.tensor([[38.0, 71, 89, 49], [28, 47, 57, 31]])
    seen = probe(observe, conv2d, image, kernel, bias=10.0, stride=1, padding=1)
    problem = diagnose(seen, expected, conv2d_mistakes(image, kernel, 10.0, 1, 1), question='q5', name='conv2d', case='the 2×3 image [[1, 2, 3], [4, 5, 6]] and the 3×2 kernel [[1, 2], [3, 4], [5, 6]] with bias=10, stride=1, padding=1', hint=SIZE_HINT)
    if problem:
        raise AssertionError(with_numbers(problem, seen, expected))

@test_case(points=1, hidden=False)
def test_q5_stride_example(conv2d):
    """A 4×5 image with stride 2"""
    import torch
    from cnnlab.feedback.compare import diagnose, missing, with_numbers
    from cnnlab.feedback.strides import SIZE_HINT, conv2d_mistakes
    from cnnlab.probes import observe, probe
    problem = missing('q5', 'conv2d', conv2d)
    if problem:
        raise AssertionError(problem)
    image = torch.tensor([[1.0, 2, 0, 1, 3], [0, 1, 2, 3, 1], [2, 0, 1, 0, 2], [1, 3, 0, 2, 1]])
    kernel = torch.tensor([[1.0, 2], [0, -1]])
    expected = torch.tensor([[4.0, -1], [-1, -1]])
    seen = probe(observe, conv2d, image, kernel, stride=2)
    problem = diagnose(seen, expected, conv2d_mistakes(image, kernel, 0.0, 2, 0), question='q5', name='conv2d', case='the 4×5 image [[1, 2, 0, 1, 3], [0, 1, 2, 3, 1], [2, 0, 1, 0, 2], [1, 3, 0, 2, 1]] and the 2×2 kernel [[1, 2], [0, -1]] with stride=2', hint=SIZE_HINT)
    if problem:
        raise AssertionError(with_numbers(problem, seen, expected))

