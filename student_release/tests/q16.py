from otter.test_files import test_case

OK_FORMAT = False

name = "q16"
points = 4

@test_case(points=0.5, hidden=False)
def test_q16_examples(receptive_field):
    """A pixel sees 1, one 3×3 convolution 3, a 7×7 one 7"""
    from cnnlab.feedback.fields import ADVICE, field_cases, field_guesses
    from cnnlab.number_checks import compare_numbers
    stacks, fields = ([[], [(3, 1)], [(7, 1)]], [1, 3, 7])
    compare_numbers('q16', 'receptive_field', receptive_field, field_cases(stacks), fields, field_guesses(stacks), advice=ADVICE, public=True)

@test_case(points=1.5, hidden=False)
def test_q16_stacks(receptive_field):
    """Two and three layers, with strides, and the four layers of SimpleCNN"""
    from cnnlab.feedback.fields import ADVICE, field_cases, field_guesses
    from cnnlab.feedback.simple_cnn_field import simple_cnn_guesses
    from cnnlab.number_checks import compare_numbers
    stacks = [[(3, 1), (3, 1)], [(3, 2), (3, 1)], [(2, 2), (5, 1)], [(5, 3), (3, 2), (2, 1)], [(3, 1), (2, 2), (3, 1), (2, 2)], [(5, 3), (3, 2), (2, 1)]]
    fields, simple_cnn = ([5, 7, 10, 17, 10, 17], 4)
    compare_numbers('q16', 'receptive_field', receptive_field, field_cases(stacks), fields, field_guesses(stacks), advice=ADVICE, public=True, alone={simple_cnn: simple_cnn_guesses(stacks[simple_cnn])})

