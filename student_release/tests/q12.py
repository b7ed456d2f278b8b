from otter.test_files import test_case

OK_FORMAT = False

name = "q12"
points = 10

@test_case(points=1, hidden=False)
def test_q12_scores(model, reported_accuracy):
    """The model gives ten finite scores for each digit, and the report is a percentage"""
    from cnnlab.trained_checks import check_form, check_report_form
    check_form('q12', 'model', model)
    check_report_form(reported_accuracy)

@test_case(points=2, hidden=False)
def test_q12_learned(model):
    """The model learned: it is right on most of the validation images"""
    from cnnlab import data
    from cnnlab.feedback.pictures import show_feature_maps, show_learning_curve
    from cnnlab.probes import probe
    from cnnlab.probes.pictures import feature_maps, learning_curve
    from cnnlab.trained_checks import check_learned
    digit = data.normalise(data.load('train')[0][:1])
    show_feature_maps(digit[0, 0], probe(feature_maps, model, digit))
    show_learning_curve(probe(learning_curve), model)
    check_learned('q12', 'model', model)

@test_case(points=2, hidden=False)
def test_q12_report(model, reported_accuracy):
    """The reported accuracy is the one that the model really has, up to chance"""
    from cnnlab.trained_checks import check_report
    check_report(model, reported_accuracy)

