"""What transfer learning gains and loses, in one figure."""

from hwr.plots import two_goals


def test_the_figure_names_every_network_and_the_bound():
    networks = {"before": (0.86, 0.6), "after": (0.82, 0.9)}
    [ax] = two_goals(networks, [(0.86, 0.6), (0.85, 0.8)], 0.855).axes
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["mixtures", "before", "after"]
    assert ax.lines[-1].get_xdata()[0] == 0.855
