from otter.test_files import test_case

OK_FORMAT = False

name = "q18"
points = 5

@test_case(points=1, hidden=False)
def test_q18_entry(best_model, filter_notes):
    """best_model gives ten finite scores for each digit, and there are notes on its filters"""
    import torch
    from cnnlab import data
    from cnnlab.feedback.scores import notes_problem, scores_problem
    from cnnlab.probes import probe
    from cnnlab.probes.models import scores
    images = torch.from_numpy(data.load('train')[0][-20:].copy())
    seen = probe(scores, best_model, images)
    problem = scores_problem(seen, 20, 'q18', 'best_model') or notes_problem(filter_notes)
    if problem:
        raise AssertionError(problem)

