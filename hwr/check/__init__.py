"""The exercises of the course, under one name: ``check.NAME(answer)``.

``check.NAME.hint()`` helps a little more at each call, and ``check.NAME.solution()`` shows a
solution. There is one module per lesson, and two for words; :mod:`hwr.check._exercise` judges the
answers.
"""

from typing import TYPE_CHECKING

from hwr._support.lazy import public_names
from hwr.check._exercise import Exercise as Exercise
from hwr.check._question import Question as Question
from hwr.check.dataset import damaged as damaged
from hwr.check.systems import careless as careless

if TYPE_CHECKING:
    from hwr.check.augmentation import keeps_label, prepared, shift, what_helps, where_to_augment
    from hwr.check.browser import (
        may_flip,
        quantised,
        weighted_sum,
        who_is_right,
        who_pays,
        who_sees_it,
    )
    from hwr.check.convolution import (
        feature_map,
        larger_images,
        parameters,
        shifted_by_one,
        starts,
        through_channels,
    )
    from hwr.check.dataset import lazy_classifier, letters, mean_recall, mend, other_split, upright
    from hwr.check.drawing import none_of_these, normalised, top
    from hwr.check.errors import (
        coverage_and_risk,
        hotter,
        outside,
        precision,
        what_would_help,
        which_images_choose,
        with_temperature,
    )
    from hwr.check.hand import first_of_each, mixed, what_is_forgotten, why_not_all
    from hwr.check.networks import my_network
    from hwr.check.paths import collapse, fewest_frames, forward
    from hwr.check.systems import half_width, seven_times, shuffled, what_is_broken
    from hwr.check.training import as_network_input, best_epoch, cross_entropy
    from hwr.check.words import best_reading, column_scan, one_beginning, rare_word

__getattr__, __dir__, __all__ = public_names(__name__, __file__)
