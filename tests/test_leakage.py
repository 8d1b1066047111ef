"""The shipped recogniser is measured on made-up handwriting that it has not learned from."""

from hwr import evaluation, made_up, shipped


def test_made_up_images_to_learn_from_and_to_be_measured_on_have_seeds_of_their_own():
    seeds = {shipped.MADE_UP_SEED, made_up.SEED, evaluation.MADE_UP_SEED}
    assert len(seeds) == 3
