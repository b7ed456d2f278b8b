from otter.test_files import test_case

OK_FORMAT = False

name = "q7"
points = 6

@test_case(points=2.5, hidden=False)
def test_q7_example(conv2d_multichannel):
    """Two channels and three filters of 1×2, three channels and two filters of 2×1, and as many of both"""
    import torch
    from cnnlab.checks import Case, compare
    from cnnlab.feedback.channels import multichannel_expected, multichannel_mistakes
    x = torch.tensor([[[1.0, 2, 0], [3, 1, 2]], [[0, 1, 4], [2, 0, 1]]])
    weight = torch.tensor([[[[1.0, 2]], [[3, 0]]], [[[0, 1]], [[1, -1]]], [[[2, 0]], [[0, 1]]]])
    words = 'x = [[[1, 2, 0], [3, 1, 2]], [[0, 1, 4], [2, 0, 1]]], weight = [[[[1, 2]], [[3, 0]]], '
    words += '[[[0, 1]], [[1, -1]]], [[[2, 0]], [[0, 1]]]] and bias = [10, 20, 30]'
    case = Case(words, (x, weight, torch.tensor([10.0, 20, 30])))
    more = torch.arange(36.0).reshape(3, 3, 4) % 5
    filters = torch.tensor([[[[1.0], [2]], [[0], [1]], [[3], [-1]]], [[[2.0], [0]], [[1], [1]], [[0], [4]]]])
    words = '3 channels of 3×4 pixels, 2 filters of 2×1 and bias = [-7, 5]'
    cases = [case, Case(words, (more, filters, torch.tensor([-7.0, 5])))]
    square = torch.tensor([[[[1.0, 0]], [[2, 1]]], [[[0, -1]], [[1, 3]]]])
    words = '2 channels of 2×3 pixels, 2 filters of 1×2 and bias = [4, -6]'
    cases += [Case(words, (x + 1, square, torch.tensor([4.0, -6]))), case]
    compare('q7', 'conv2d_multichannel', conv2d_multichannel, cases, multichannel_expected, multichannel_mistakes, public=True)

