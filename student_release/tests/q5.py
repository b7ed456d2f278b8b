from otter.test_files import test_case

OK_FORMAT = False

name = "q5"
points = 8

@test_case(points=1.5, hidden=False)
def test_q5_padding_example(conv2d):
    """A 2×3 image with padding 1 and bias 10, a 3×2 image with padding 2"""
    import torch
    from cnnlab.checks import Case, compare
    from cnnlab.feedback.strides import conv2d_expected, conv2d_mistakes
    image = torch.tensor([[1.0, 2, 3], [4, 5, 6]])
    kernel = torch.tensor([[1.0, 2], [3, 4], [5, 6]])
    words = 'the 2×3 image [[1, 2, 3], [4, 5, 6]] and the 3×2 kernel [[1, 2], [3, 4], [5, 6]] with '
    options = {'bias': 10.0, 'stride': 1, 'padding': 1}
    cases = [Case(words + 'bias=10, stride=1, padding=1', (image, kernel), options)]
    tall, wide = (torch.tensor([[1.0, 4], [2, 0], [3, 5]]), torch.tensor([[1.0, 0, 2], [3, -1, 1]]))
    words = 'the 3×2 image [[1, 4], [2, 0], [3, 5]] and the 2×3 kernel [[1, 0, 2], [3, -1, 1]] with '
    cases += [Case(words + 'bias=-3, padding=2', (tall, wide), {'bias': -3.0, 'padding': 2})]
    compare('q5', 'conv2d', conv2d, cases, conv2d_expected, conv2d_mistakes, public=True)

@test_case(points=1.5, hidden=False)
def test_q5_stride_example(conv2d):
    """A 4×5 image with stride 2, a 5×8 image with stride 3 and bias 1"""
    import torch
    from cnnlab.checks import Case, compare
    from cnnlab.feedback.strides import conv2d_expected, conv2d_mistakes
    image = torch.tensor([[1.0, 2, 0, 1, 3], [0, 1, 2, 3, 1], [2, 0, 1, 0, 2], [1, 3, 0, 2, 1]])
    kernel = torch.tensor([[1.0, 2], [0, -1]])
    words = 'the 4×5 image [[1, 2, 0, 1, 3], [0, 1, 2, 3, 1], [2, 0, 1, 0, 2], [1, 3, 0, 2, 1]] '
    words += 'and the 2×2 kernel [[1, 2], [0, -1]] with stride=2'
    cases = [Case(words, (image, kernel), {'stride': 2})]
    ramp, rows = (torch.arange(40.0).reshape(5, 8) % 7, torch.tensor([[1.0, 0, 2], [2, -1, 1]]))
    words = 'the 5×8 image torch.arange(40.0).reshape(5, 8) % 7 and the 2×3 kernel '
    options = {'bias': 1.0, 'stride': 3, 'padding': 0}
    cases += [Case(words + '[[1, 0, 2], [2, -1, 1]] with bias=1, stride=3', (ramp, rows), options)]
    compare('q5', 'conv2d', conv2d, cases, conv2d_expected, conv2d_mistakes, public=True)

@test_case(points=1, hidden=False)
def test_q5_together_example(conv2d):
    """Bias, stride and padding together, twice"""
    import torch
    from cnnlab.checks import Case, compare
    from cnnlab.feedback.strides import conv2d_expected, conv2d_mistakes
    image = torch.arange(42.0).reshape(6, 7) ** 2 % 11
    kernel = torch.tensor([[1.0, -2, 0], [3, 1, 1]]) / 4
    options = {'bias': 0.5, 'stride': 2, 'padding': 1}
    words = 'a 6×7 image and a 2×3 kernel with bias=0.5, stride=2, padding=1'
    case = Case(words, (image, kernel), options)
    compare('q5', 'conv2d', conv2d, [case, case], conv2d_expected, conv2d_mistakes, public=True)

