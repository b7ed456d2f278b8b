from otter.test_files import test_case

OK_FORMAT = False

name = "q10"
points = 10

@test_case(points=2, hidden=False)
def test_q10_loop(train_one_epoch):
    """Every batch once, in training mode, one step each with the gradients of that batch"""
    from cnnlab.cases import generator
    from cnnlab.feedback.training import loop_problem, loss_type_problem
    from cnnlab.probes import probe
    from cnnlab.probes.recorders import small_case
    from cnnlab.probes.training import training
    case = small_case(generator('q10 loop'), 20)
    options = {'batch_size': 8, 'lr': 0.1, 'momentum': 0.0, 'smoothing': 0.0}
    seen = probe(training, train_one_epoch, *case, options)
    problem = loop_problem(seen, 3) or loss_type_problem(seen)
    if problem:
        raise AssertionError(problem)

