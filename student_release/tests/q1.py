from otter.test_files import test_case

OK_FORMAT = False

name = "q1"
points = 8

@test_case(points=2.5, hidden=False)
def test_q1_example(manual_convolution2d):
    """Two small images that are not square, and the example of section 5"""
    import torch
    from cnnlab.checks import Case, compare
    from cnnlab.feedback.convolution import cross_correlation, cross_correlation_mistakes
    image = torch.tensor([[1.0, 2, 0, 1, 3], [0, 1, 2, 3, 1], [2, 0, 1, 0, 2]])
    kernel = torch.tensor([[1.0, 2, 0], [0, -1, 3]])
    words = 'the 3×5 image [[1, 2, 0, 1, 3], [0, 1, 2, 3, 1], [2, 0, 1, 0, 2]] and the 2×3 kernel '
    cases = [Case(words + '[[1, 2, 0], [0, -1, 3]]', (image, kernel))]
    words = 'the 5×3 image [[1, 0, 2], [2, 1, 0], [0, 2, 1], [1, 3, 0], [3, 1, 2]] and the 2×2 kernel '
    cases += [Case(words + '[[1, -1], [2, 0]]', (image.T.contiguous(), torch.tensor([[1.0, -1], [2, 0]])))]
    square = [[1, 2, 3, 4, 5], [4, 5, 6, 7, 8], [7, 8, 9, 0, 1], [2, 3, 4, 5, 6], [5, 6, 7, 8, 9]]
    edges = torch.tensor([[1.0, 0, -1], [1, 0, -1], [1, 0, -1]])
    example = (torch.tensor(square).float(), edges)
    cases += [Case('the 5×5 image and the 3×3 kernel of section 5', example)]
    words = 'the 4×4 image [[1, 2, 3, 4], [4, 5, 6, 7], [7, 8, 9, 0], [2, 3, 4, 5]] and the 2×2 kernel '
    cases += [Case(words + '[[1, -1], [2, 0]]', (example[0][:4, :4].contiguous(), cases[1].inputs[1]))]
    compare('q1', 'manual_convolution2d', manual_convolution2d, cases, cross_correlation, cross_correlation_mistakes, public=True)

@test_case(points=1, hidden=False)
def test_q1_types_example(manual_convolution2d):
    """Whole numbers and float64, a kernel as large as the image, the same inputs twice"""
    import torch
    from cnnlab.checks import Case, compare
    from cnnlab.feedback.convolution import cross_correlation, cross_correlation_mistakes
    image = torch.tensor([[3, -1, 2, 0], [1, 4, 0, 2], [2, 0, 5, 1]])
    kernel = torch.tensor([[2, 1, 0], [-1, 3, 1]])
    real = Case('a 3×4 image and a 2×3 kernel of float64', (image.double() / 3, kernel.double() / 7))
    cases = [Case('a 3×4 image and a 2×3 kernel of whole numbers', (image, kernel), whole=True), real, Case('a kernel as large as the image', (image.float(), image.flip(1).float() + 1)), real]
    compare('q1', 'manual_convolution2d', manual_convolution2d, cases, cross_correlation, cross_correlation_mistakes, public=True)

