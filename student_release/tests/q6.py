from otter.test_files import test_case

OK_FORMAT = False

name = "q6"
points = 6

@test_case(points=0.5, hidden=False)
def test_q6_relu_example(relu):
    """relu: negative numbers become 0"""
    import torch
    from cnnlab.feedback.compare import diagnose, missing, with_numbers
    from cnnlab.feedback.pooling import relu_mistakes
    from cnnlab.probes import observe, probe
    problem = missing('q6', 'relu', relu)
    if problem:
        raise AssertionError(problem)
    x = torch.tensor([[-2.0, 0, 3], [1.5, -0.5, 8]])
    expected = torch.tensor([[0.0, 0, 3], [1.5, 0, 8]])
    seen = probe(observe, relu, x)
    problem = diagnose(seen, expected, relu_mistakes(x), question='q6', name='relu', case='[[-2, 0, 3], [1.5, -0.5, 8]]')
    if problem:
        raise AssertionError(with_numbers(problem, seen, expected))

@test_case(points=1, hidden=False)
def test_q6_pool_example(max_pool2d):
    """max_pool2d: the 4×4 example above"""
    import torch
    from cnnlab.feedback.compare import diagnose, missing, with_numbers
    from cnnlab.feedback.pooling import ODD_SIDES_HINT, max_pool_mistakes
    from cnnlab.probes import observe, probe
    problem = missing('q6', 'max_pool2d', max_pool2d)
    if problem:
        raise AssertionError(problem)
    x = torch.tensor([[1.0, 5, 2, 0], [3, 4, 1, 7], [-2, -1, 6, 6], [-3, -5, 0, 2]])
    expected = torch.tensor([[5.0, 7], [-1, 6]])
    seen = probe(observe, max_pool2d, x, 2)
    problem = diagnose(seen, expected, max_pool_mistakes(x, 2, None), question='q6', name='max_pool2d', case='the 4×4 map above with kernel_size=2', hint=ODD_SIDES_HINT)
    if problem:
        raise AssertionError(with_numbers(problem, seen, expected))

