"""How far two texts are apart."""


def edit_distance(one: str, other: str) -> int:
    """Return the fewest insertions, deletions and changes between texts (Levenshtein 1966)."""
    before = list(range(len(other) + 1))
    for place, character in enumerate(one, 1):
        row = [place]
        for column, against in enumerate(other, 1):
            same = before[column - 1] + (character != against)
            row.append(min(same, before[column] + 1, row[-1] + 1))
        before = row
    return before[-1]
