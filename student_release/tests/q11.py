from otter.test_files import test_case

OK_FORMAT = False

name = "q11"
points = 6

@test_case(points=1, hidden=False)
def test_q11_looks_only(evaluate):
    """The given model sees the batches of the given loader in evaluation mode, without gradients"""
    from cnnlab.cases import generator
    from cnnlab.feedback.evaluation import evaluation_record_problem
    from cnnlab.probes import probe
    from cnnlab.probes.recorders import small_case
    from cnnlab.probes.training import evaluation
    case = small_case(generator('q11 looks only'), 20)
    options = {'batch_size': 8, 'training': True}
    seen = probe(evaluation, evaluate, case.weights, case.images, case.labels, options)
    problem = evaluation_record_problem(seen)
    if problem:
        raise AssertionError(problem)

