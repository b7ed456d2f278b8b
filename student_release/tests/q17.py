from otter.test_files import test_case

OK_FORMAT = False

name = "q17"
points = 6

@test_case(points=2, hidden=False)
def test_q17_example(kernel_gradient):
    """A 3×4 image, a 2×2 kernel and an upstream of 2×3 numbers; a 4×3 image and a 1×2 kernel"""
    import torch
    from cnnlab.checks import Case, compare
    from cnnlab.feedback.gradients import TOLERANCE, kernel_gradient_expected, kernel_gradient_mistakes
    image = torch.tensor([[1.0, 2, 0, 3], [0, 1, 4, 1], [2, 0, 1, 5]], dtype=torch.float64)
    kernel = torch.tensor([[1.0, 2], [3, -1]], dtype=torch.float64)
    upstream = torch.tensor([[1.0, 0, 2], [-1, 3, 0]], dtype=torch.float64)
    words = 'image [[1, 2, 0, 3], [0, 1, 4, 1], [2, 0, 1, 5]], kernel [[1, 2], [3, -1]] and '
    words += 'upstream [[1, 0, 2], [-1, 3, 0]]'
    case = Case(words, (image, kernel, upstream))
    back = torch.tensor([[2.0, -1], [0, 1], [3, 0], [1, 1]], dtype=torch.float64)
    another = (image.T.contiguous() + 1, torch.tensor([[2.0, 5]], dtype=torch.float64), back)
    compare('q17', 'kernel_gradient', kernel_gradient, [case, Case('a 4×3 image, a 1×2 kernel and an upstream of 4×2 numbers', another), case], kernel_gradient_expected, kernel_gradient_mistakes, public=True, tolerance=TOLERANCE)

