from otter.test_files import test_case

OK_FORMAT = False

name = "q7"
points = 6

@test_case(points=1, hidden=False)
def test_q7_example(conv2d_multichannel):
    """Two channels of 2×3 pixels, three filters of 1×2"""
    import torch
    from cnnlab.feedback.channels import CHANNELS_HINT, multichannel_mistakes
    from cnnlab.feedback.compare import diagnose, missing, with_numbers
    from cnnlab.probes import observe, probe
    problem = missing('q7', 'conv2d_multichannel', conv2d_multichannel)
    if problem:
        raise AssertionError(problem)
    x = torch.tensor([[[1.0, 2, 0], [3, 1, 2]], [[0, 1, 4], [2, 0, 1]]])
    weight = torch.tensor([[[[1.0, 2]], [[3, 0]]], [[[0, 1]], [[1, -1]]], [[[2, 0]], [[0, 1]]]])
    bias = torch.tensor([10.0, 20, 30])
    expected = torch.tensor([[[15.0, 15], [21, 15]], [[21, 17], [23, 21]], [[33, 38], [36, 33]]])
    seen = probe(observe, conv2d_multichannel, x, weight, bias)
    problem = diagnose(seen, expected, multichannel_mistakes(x, weight, bias), question='q7', name='conv2d_multichannel', case='x = [[[1, 2, 0], [3, 1, 2]], [[0, 1, 4], [2, 0, 1]]], weight = [[[[1, 2]], [[3, 0]]], [[[0, 1]], [[1, -1]]], [[[2, 0]], [[0, 1]]]] and bias = [10, 20, 30]', hint=CHANNELS_HINT)
    if problem:
        raise AssertionError(with_numbers(problem, seen, expected))

