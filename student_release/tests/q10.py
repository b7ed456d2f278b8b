from otter.test_files import test_case

OK_FORMAT = False

name = "q10"
points = 10

@test_case(points=2.5, hidden=False)
def test_q10_epoch(train_one_epoch):
    """Every batch once, in training mode, one step each with the gradients of that batch"""
    from cnnlab.cases import once
    from cnnlab.checks import require
    from cnnlab.diagnosis import fail
    from cnnlab.feedback.epochs import right_epoch
    from cnnlab.feedback.training import epoch_problem
    from cnnlab.probes import probe
    from cnnlab.probes.training import training
    require('q10', 'train_one_epoch', train_one_epoch)
    options = {'batch_size': 8, 'lr': 0.1, 'momentum': 0.9, 'smoothing': 0.1}
    epoch = once('q10 epoch', right_epoch, 28, *options.values())
    seen = probe(training, train_one_epoch, *epoch.case, options)
    fail(epoch_problem(seen, epoch, 4, public=True))

@test_case(points=2, hidden=False)
def test_q10_mean(train_one_epoch):
    """The returned loss is the mean over 14 images in batches of 4, 4, 4 and 2"""
    from cnnlab.cases import once
    from cnnlab.checks import require
    from cnnlab.diagnosis import fail
    from cnnlab.feedback.epochs import right_epoch
    from cnnlab.feedback.losses import loss_problem
    from cnnlab.probes import probe
    from cnnlab.probes.training import training
    require('q10', 'train_one_epoch', train_one_epoch)
    options = {'batch_size': 4, 'lr': 0.2, 'momentum': 0.0, 'smoothing': 0.0}
    epoch = once('q10 mean', right_epoch, 14, *options.values())
    seen = probe(training, train_one_epoch, *epoch.case, options)
    fail(loss_problem(seen, epoch, public=True))

@test_case(points=1, hidden=False)
def test_q10_device(train_one_epoch):
    """Images and labels are moved to `device`"""
    from cnnlab.cases import generator
    from cnnlab.checks import require
    from cnnlab.diagnosis import fail
    from cnnlab.feedback.observed import moves_problem
    from cnnlab.probes import probe
    from cnnlab.probes.recorders import small_case
    from cnnlab.probes.training import training_moves
    require('q10', 'train_one_epoch', train_one_epoch)
    case = small_case(generator('q10 device'), 20)
    places = probe(training_moves, train_one_epoch, case.images, case.labels)
    fail(moves_problem(places, 'q10'))

