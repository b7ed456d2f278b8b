from otter.test_files import test_case

OK_FORMAT = False

name = "q13"
points = 6

@test_case(points=1.5, hidden=False)
def test_q13_example(confusion_matrix):
    """A few images of four and of ten classes; some classes do not occur"""
    import torch
    from cnnlab.checks import Case, compare
    from cnnlab.feedback.confusion import confusion_mistakes, counts
    labels = torch.tensor([3, 0, 0, 1, 1, 1, 3, 3, 3, 0, 3, 1])
    predictions = torch.tensor([3, 0, 3, 1, 3, 3, 3, 3, 0, 0, 3, 3])
    first = Case('12 images of 4 classes, none a 2', (labels, predictions), {'num_classes': 4})
    few = (torch.tensor([1, 0, 2, 1, 0]), torch.tensor([1, 2, 2, 0, 0]))
    second = Case('5 images of 4 classes, none a 3', few, {'num_classes': 4})
    nines = (torch.tensor([9, 0, 9, 4, 9, 9] * 2), torch.tensor([4, 0, 9, 9, 4, 9] * 2))
    cases = [first, second, Case('12 images of 10 classes', nines), first]
    compare('q13', 'confusion_matrix', confusion_matrix, cases, counts, confusion_mistakes, public=True, integers=True)

@test_case(points=1, hidden=False)
def test_q13_pair_example(most_confused_pair):
    """The largest count beside the diagonal: below it, above it, at the edge, and with ties"""
    import torch
    from cnnlab.checks import require
    from cnnlab.diagnosis import fail
    from cnnlab.feedback.confused_pair import pair_problem
    from cnnlab.probes import observe, probe_each
    require('q13', 'most_confused_pair', most_confused_pair)
    below = torch.tensor([[50, 2, 0], [5, 20, 1], [9, 3, 60]])
    above = torch.tensor([[5, 2, 0, 6], [2, 4, 6, 1], [4, 5, 40, 4], [5, 5, 1, 90]])
    edge = torch.tensor([[7, 6, 7, 3, 0], [5, 40, 2, 2, 5], [3, 5, 12, 4, 9], [4, 5, 1, 3, 2], [4, 3, 0, 2, 60]])
    middle = torch.tensor([[3, 3, 0, 1], [7, 12, 8, 5], [0, 0, 7, 7], [5, 6, 1, 40]])
    matrices = [below, above, edge, middle]
    seen = probe_each([(observe, (most_confused_pair, matrix), {}) for matrix in matrices])
    fail(pair_problem(seen, matrices, public=True))

