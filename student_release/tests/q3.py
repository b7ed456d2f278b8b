from otter.test_files import test_case

OK_FORMAT = False

name = "q3"
points = 8

@test_case(points=0.5, hidden=False)
def test_q3_example(conv_output_size):
    """conv_output_size returns the right int for a kernel alone, as in section 5"""
    from cnnlab.feedback.sizes import ADVICE, size_cases, size_guesses
    from cnnlab.number_checks import compare_numbers
    sizes, sides = ([(5, 3, 1, 0), (6, 3, 1, 0), (6, 1, 1, 0), (8, 5, 1, 0), (7, 4, 1, 0)], [3, 4, 6, 4, 4])
    compare_numbers('q3', 'conv_output_size', conv_output_size, size_cases(sizes), sides, size_guesses(sizes), advice=ADVICE, public=True)

@test_case(points=0.5, hidden=False)
def test_q3_stride_and_padding(conv_output_size):
    """conv_output_size heeds the stride and the padding"""
    from cnnlab.feedback.sizes import ADVICE, size_cases, size_guesses
    from cnnlab.number_checks import compare_numbers
    sizes = [(6, 3, 2, 0), (10, 3, 4, 0), (8, 2, 2, 0), (9, 3, 1, 1), (12, 5, 1, 3), (12, 5, 3, 2), (3, 5, 1, 1), (4, 5, 1, 1), (14, 1, 5, 0), (11, 4, 2, 3), (7, 7, 2, 0), (6, 3, 2, 0)]
    sides = [2, 2, 4, 9, 14, 4, 1, 2, 3, 7, 1, 2]
    compare_numbers('q3', 'conv_output_size', conv_output_size, size_cases(sizes), sides, size_guesses(sizes), advice=ADVICE, public=True)

@test_case(points=0.25, hidden=False)
def test_q3_refuses(conv_output_size):
    """conv_output_size raises a ValueError if not even one window fits"""
    from cnnlab.feedback.sizes import size_cases
    from cnnlab.number_checks import compare_refusals
    *wide, fits = size_cases([(3, 5, 1, 0), (4, 9, 2, 2), (9, 3, 1, 0)])
    compare_refusals('q3', 'conv_output_size', conv_output_size, wide, fits, public=True)

@test_case(points=0.25, hidden=False)
def test_q3_list(feature_map_sizes):
    """feature_map_sizes is a list of five numbers that starts with 28"""
    from cnnlab.feedback.shapes import check_list_of_sides
    check_list_of_sides('q3', 'feature_map_sizes', feature_map_sizes)

@test_case(points=1, hidden=False)
def test_q3_feature_map_sizes(feature_map_sizes):
    """The side after each layer of SimpleCNN"""
    from cnnlab.feedback.shapes import check_sides
    seals = ['f7f2f7eed9a3cc35', 'f8719d0415ab3d56', '0878324d9deb4293', '3365bf3548652003']
    check_sides('q3', 'feature_map_sizes', feature_map_sizes, seals)

@test_case(points=1.5, hidden=False)
def test_q3_fc_in_features(fc_in_features):
    """The numbers of one image that reach fc"""
    from cnnlab.feedback.flattened import feature_causes
    from cnnlab.feedback.shapes import FEATURES_ADVICE
    from cnnlab.number_checks import check_number
    sealed = '1bfea2a2be34b966'
    check_number('q3', 'fc_in_features', fc_in_features, sealed, feature_causes, advice=FEATURES_ADVICE)

