from otter.test_files import test_case

OK_FORMAT = False

name = "q12"
points = 10

@test_case(points=1, hidden=False)
def test_q12_scores(model, reported_accuracy):
    """The model gives ten finite scores for each digit, and the report is a percentage"""
    import torch
    from cnnlab import data
    from cnnlab.feedback.scores import reported_problem, scores_problem
    from cnnlab.probes import probe
    from cnnlab.probes.models import scores
    images = torch.from_numpy(data.load('train')[0][-20:].copy())
    problem = scores_problem(probe(scores, model, images), 20)
    problem = problem or reported_problem(reported_accuracy)
    if problem:
        raise AssertionError(problem)

