from otter.test_files import test_case

OK_FORMAT = False

name = "q15"
points = 5

@test_case(points=1.5, hidden=False)
def test_q15_example(shift_error):
    """Layers that brighten some pixels: images that move to the right, up and to the right, and down"""
    import torch
    from cnnlab.checks import Case, compare
    from cnnlab.feedback.equivariance import brightness_mistakes
    from cnnlab.probes.layers import observe_with_plain_function
    image = torch.tensor([[[[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]]])
    brightness = torch.tensor([[1.0, 1, 1], [1, 2, 1], [1, 1, 1]])
    small = Case('the image [[1, 2, 3], [4, 5, 6], [7, 8, 9]], shift=(0, 1) and a layer that doubles the middle pixel', (brightness, image, (0, 1)), look=observe_with_plain_function)
    first = [[5.0, 5, 4, 8, 6], [8, 5, 9, 5, 8], [4, 5, 5, 8, 5], [2, 4, 7, 5, 3]]
    second = [[7.0, 7, 7, 5, 6], [8, 9, 8, 1, 2], [1, 9, 4, 6, 2], [2, 5, 2, 6, 4]]
    factors = [[3, 7, 5, 5.5, 7.5], [6, 2.5, 7.5, 1, 4.5], [6.5, 2, 3.5, 6, 6], [4, 2.5, 6.5, 5.5, 3.5]]
    inputs = (torch.tensor(factors), torch.tensor([[first, second]]), (-1, 2))
    large = Case('an image of 2 channels, 4×5, and shift=(-1, 2)', inputs, look=observe_with_plain_function)
    down = torch.tensor([[[[1.0, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]]])
    inputs = (torch.tensor([[1.0, 1, 1, 3], [1, 2, 1, 1], [4, 1, 1, 1]]), down, (1, 0))
    third = Case('a 3×4 image and shift=(1, 0)', inputs, look=observe_with_plain_function)
    square = torch.tensor([[[[1.0, 5, 2], [4, 3, 6], [2, 1, 4]]]])
    inputs = (torch.full((3, 3), 2.0), square, (1, -1))
    even = Case('a layer that doubles every pixel and shift=(1, -1)', inputs, look=observe_with_plain_function)
    inputs = (torch.tensor([[1.0, 1, 1], [1, 1.125, 1], [1, 1, 1]]), square, (-1, 0))
    faint = Case('a 3×3 image and shift=(-1, 0)', inputs, look=observe_with_plain_function)
    expected = [torch.tensor(error) for error in (5.0, 27.0, 15.0, 0.0, 0.375, 5.0)]
    compare('q15', 'shift_error', shift_error, [small, large, third, even, faint, small], expected, brightness_mistakes, public=True, integers=True, single=True)

@test_case(points=1, hidden=False)
def test_q15_convolution(shift_error):
    """A convolution is equivariant: only rounding is left, wherever the picture moves"""
    import torch
    from cnnlab.checks import Case, compare
    from cnnlab.feedback.equivariance import convolution_mistakes
    from cnnlab.probes.layers import observe_with_convolution
    image = torch.tensor([[[[8.0, 5, 5, 4, 2, 2, 5], [9, 6, 5, 6, 7, 3, 4], [4, 8, 2, 2, 7, 7, 1], [8, 6, 1, 8, 5, 3, 6], [4, 9, 3, 2, 7, 5, 1], [9, 2, 3, 8, 3, 5, 9]]]])
    weight = torch.tensor([[[[1.0, -2], [3, 0]]], [[[0, 1], [-1, 2]]]])
    words = 'two 2×2 kernels, a 6×7 image and shift={}: the error must be 0 up to rounding'
    shifts = [(1, -2), (-2, 3), (0, 2), (-2, 0), (2, 1)]
    cases = [Case(words.format(shift), (weight, image, shift), look=observe_with_convolution) for shift in shifts]
    compare('q15', 'shift_error', shift_error, cases, [torch.tensor(0.0)] * 5, convolution_mistakes, public=True, integers=True, single=True)

