from otter.test_files import test_case

OK_FORMAT = False

name = "q9"
points = 5

@test_case(points=0.5, hidden=False)
def test_q9_example(count_parameters):
    """nn.Linear(3, 2) has 2·3 weights and 2 biases: 8; other small networks; the count is an int"""
    from cnnlab.checks import Case
    from cnnlab.feedback.counts import ADVICE, count_guesses
    from cnnlab.number_checks import compare_numbers
    from cnnlab.probes.shapes import observe_network
    networks = {'nn.Linear(3, 2)': [('linear', 3, 2, True)], 'nn.Conv2d(1, 4, 3) and a pool': [('conv', 1, 4, 3, 3, True), ('relu',), ('pool', 2)], 'nn.Conv2d(2, 3, 3, bias=False) inside another module': [('group', [('conv', 2, 3, 3, 3, False), ('relu',)]), ('linear', 5, 2, True)], 'a pool alone': [('pool', 2)]}
    cases = [Case(words, (network,)) for words, network in networks.items()]
    compare_numbers('q9', 'count_parameters', count_parameters, cases, [8, 40, 66, 0], count_guesses([*networks.values()]), advice=ADVICE, public=True, look=observe_network)

@test_case(points=0.5, hidden=False)
def test_q9_what_counts(count_parameters):
    """Shared parameters count once, frozen ones count, buffers do not"""
    from cnnlab.checks import Case
    from cnnlab.feedback.counts import ADVICE, count_guesses
    from cnnlab.number_checks import compare_numbers
    from cnnlab.probes.shapes import observe_network
    networks = {'nn.Conv2d(3, 3, 3) used twice': [('conv', 3, 3, 3, 3, True), ('relu',), ('again', 0)], 'two nn.Linear(5, 5) that share their weight': [('linear', 5, 5, True), ('tied', 0)], 'nn.Linear(3, 4) and a frozen nn.Linear(4, 3)': [('linear', 3, 4, True), ('frozen', ('linear', 4, 3, True))], 'nn.Conv2d(1, 4, 3, bias=False) and nn.BatchNorm2d(4)': [('conv', 1, 4, 3, 3, False), ('norm', 4)]}
    cases = [Case(words, (network,)) for words, network in networks.items()]
    compare_numbers('q9', 'count_parameters', count_parameters, cases, [84, 35, 31, 44], count_guesses([*networks.values()]), advice=ADVICE, public=True, look=observe_network)

@test_case(points=1.5, hidden=False)
def test_q9_simple_cnn(simple_cnn_parameters):
    """The number of parameters of SimpleCNN's plan"""
    from cnnlab.feedback.parameters import ADVICE, parameter_causes
    from cnnlab.number_checks import check_number
    sealed = '0145d88071cf1dcf'
    check_number('q9', 'simple_cnn_parameters', simple_cnn_parameters, sealed, parameter_causes, advice=ADVICE)

