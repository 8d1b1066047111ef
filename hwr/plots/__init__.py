"""The figures of the course: functions that take arrays and return a matplotlib ``Figure``.

There is one module for each lesson, and two for words; :mod:`hwr.plots.base` holds what they share.
Every figure carries a text alternative, which :func:`hwr.plots.show` stores with it.
"""

from typing import TYPE_CHECKING

from hwr._support.lazy import public_names

if TYPE_CHECKING:
    from hwr._support.display import PALETTE
    from hwr.plots.augmentation import (
        accuracy_comparison,
        before_after,
        elastic_displacement,
        shares,
        spreads,
    )
    from hwr.plots.base import bar_chart, image_grid, new_figure, show, show_live
    from hwr.plots.browser import (
        changed_answers,
        lead_histogram,
        quantization_steps,
        quantized_weights,
    )
    from hwr.plots.convolution import (
        convolution_step,
        feature_maps,
        kernel_learning,
        kernel_matches,
        layer_costs,
        number_arrays,
        pooling_step,
        shift_curves,
        window_positions,
    )
    from hwr.plots.curves import (
        LiveCurves,
        accuracy_against_time,
        cost_and_accuracy,
        learning_curves,
        line_chart,
        weight_images,
    )
    from hwr.plots.dataset import (
        case_distances,
        class_counts,
        conversion_steps,
        mosaic,
        neighbour_distances,
    )
    from hwr.plots.drawing import answers, occlusion_map
    from hwr.plots.errors import (
        confusion_matrix,
        image_rows,
        later_guesses,
        reliability_diagram,
        risk_coverage_curve,
        roc_curves,
    )
    from hwr.plots.frames import frame_probabilities, texts_while_written, trellis
    from hwr.plots.hand import two_goals
    from hwr.plots.systems import ablation, accuracy_vs_cost
    from hwr.plots.tables import Table
    from hwr.plots.words import (
        column_scan,
        lattice,
        numbered_strokes,
        photograph,
        rasterize_word,
        word_boxes,
        words_read_right,
    )

__getattr__, __dir__, __all__ = public_names(__name__, __file__)
