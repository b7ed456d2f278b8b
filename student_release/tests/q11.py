from otter.test_files import test_case

OK_FORMAT = False

name = "q11"
points = 6

@test_case(points=2, hidden=False)
def test_q11_example(evaluate):
    """The accuracy in percent over 25 images in batches of 8, the last of one, and over 11 and 30 others"""
    from cnnlab.cases import once
    from cnnlab.checks import require
    from cnnlab.diagnosis import fail
    from cnnlab.feedback.accuracies import accuracy_mistakes
    from cnnlab.feedback.epochs import scored_case
    from cnnlab.feedback.evaluation import accuracy_problem
    from cnnlab.probes import probe_each
    from cnnlab.probes.training import evaluation
    require('q11', 'evaluate', evaluate)
    expected, mistakes, calls = ([], [], [])
    for count in (25, 11, 30):
        case, table = once(f'q11 example of {count}', scored_case, count)
        expected.append(100.0 * float(table.argmax(1).eq(case.labels).double().mean()))
        mistakes.append(accuracy_mistakes(table, case.labels, 8))
        options = {'batch_size': 8, 'training': True}
        calls.append((evaluation, (evaluate, *case, options), {}))
    fail(accuracy_problem(probe_each(calls), expected, mistakes, public=True))

@test_case(points=1, hidden=False)
def test_q11_looks_only(evaluate):
    """No gradients are recorded; the model comes back with the same parameters, in its mode"""
    from cnnlab.cases import generator
    from cnnlab.checks import require
    from cnnlab.diagnosis import fail
    from cnnlab.feedback.evaluation import looks_only_problem
    from cnnlab.probes import probe_each
    from cnnlab.probes.recorders import small_case
    from cnnlab.probes.training import evaluation
    require('q11', 'evaluate', evaluate)
    case, modes = (small_case(generator('q11 leaves'), 12), (True, False))
    runs = [{'batch_size': 5, 'training': mode} for mode in modes]
    observed = probe_each([(evaluation, (evaluate, *case, options), {}) for options in runs])
    for mode, seen in zip(modes, observed):
        fail(looks_only_problem(seen, mode, public=True))

@test_case(points=0.5, hidden=False)
def test_q11_device(evaluate):
    """Images are moved to `device`"""
    from cnnlab.cases import generator
    from cnnlab.checks import require
    from cnnlab.diagnosis import fail
    from cnnlab.feedback.observed import moves_problem
    from cnnlab.probes import probe
    from cnnlab.probes.recorders import small_case
    from cnnlab.probes.training import evaluation_moves
    require('q11', 'evaluate', evaluate)
    case = small_case(generator('q11 device'), 20)
    fail(moves_problem(probe(evaluation_moves, evaluate, case.images, case.labels), 'q11'))

