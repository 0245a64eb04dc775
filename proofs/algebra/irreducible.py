"""The irreducible blocks of a sparse square matrix (Duff and Reid 1978)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Terms = Mapping[int, Mapping[int, int]]
"""The entries of a sparse matrix, line by line."""


def irreducible_blocks(by_row: Terms, by_column: Terms) -> list[tuple[list[int], list[int]]] | None:
    """The finest block-triangular form of a square matrix (Dulmage and Mendelsohn 1958).

    It is a list of pairs (rows, columns), whose rows have entries only in the columns of their own
    and of earlier pairs. None if rows and columns have no perfect matching, so that the matrix is
    singular.
    """
    # One graph for both: rows are r, columns are ~c.
    neighbours = {row: [~column for column in terms] for row, terms in by_row.items()}
    neighbours |= {~column: list(terms) for column, terms in by_column.items()}
    partner = _matching(neighbours)
    if len(partner) < len(neighbours):
        return None
    needs = {row: [partner[column] for column in neighbours[row]] for row in by_row}
    return [(rows, [~partner[row] for row in rows]) for rows in _strong_components(needs)]


def _matching(neighbours: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """A maximum matching of a bipartite graph, one side numbered ≥ 0 and the other < 0.

    Nodes with one neighbour left are matched first (Karp and Sipser 1981), then augmenting paths
    are used.
    """
    partner: dict[int, int] = {}
    degree = {node: len(adjacent) for node, adjacent in neighbours.items()}
    single = [node for node, count in degree.items() if count == 1]

    def pair(node: int) -> None:
        mate = next((free for free in neighbours[node] if free not in partner), None)
        if node in partner or mate is None:
            return
        partner[node], partner[mate] = mate, node
        for touched in (*neighbours[node], *neighbours[mate]):
            degree[touched] -= 1
            if degree[touched] == 1:
                single.append(touched)

    rows = [node for node in neighbours if node >= 0]
    for row in rows:
        while single:
            pair(single.pop())
        pair(row)
    for row in rows:
        if row not in partner:
            _augment(neighbours, partner, row)
    return partner


def _augment(neighbours: Mapping[int, Sequence[int]], partner: dict[int, int], root: int) -> None:
    """Matches one more row, if an alternating path leads from it to a column without partner."""
    reached: dict[int, int] = {}
    frontier = [root]
    while frontier:
        row = frontier.pop()
        for column in neighbours[row]:
            if column in reached:
                continue
            reached[column] = row
            if column in partner:
                frontier.append(partner[column])
                continue
            free: int | None = column
            while free is not None:
                row = reached[free]
                previous = partner.get(row)
                partner[row], partner[free] = free, row
                free = previous
            return


def _strong_components(successors: Mapping[int, Sequence[int]]) -> list[list[int]]:
    """The strongly connected components, each after those that it leads to (Tarjan 1972)."""
    order: dict[int, int] = {}
    lowest: dict[int, int] = {}
    path: list[int] = []
    components = []
    for root in successors:
        agenda = [] if root in order else [root]
        iterators = {}
        while agenda:
            node = agenda[-1]
            if node not in order:
                order[node] = lowest[node] = len(order)
                path.append(node)
                iterators[node] = iter(successors[node])
            for successor in iterators[node]:
                if successor not in order:
                    agenda.append(successor)
                    break
                lowest[node] = min(lowest[node], lowest[successor])
            else:
                agenda.pop()
                if agenda:
                    lowest[agenda[-1]] = min(lowest[agenda[-1]], lowest[node])
                if lowest[node] == order[node]:
                    component: list[int] = []
                    while node not in component[-1:]:
                        component.append(path.pop())
                        # Out of the way of every later minimum.
                        lowest[component[-1]] = len(successors)
                    components.append(component)
    return components
