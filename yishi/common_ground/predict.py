"""What somebody would say to a statement: the probabilities that the model of "latent" gives."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import tendency
from .tendency import Floats, Model, People


@dataclass(frozen=True, slots=True)
class Foretelling:
    """The model with people and statements in the order of the result; `known` (m,) are not moderated."""

    people: People
    model: Model
    known: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        people: People,
        model: Model,
        person: NDArray[np.integer],
        statement: NDArray[np.integer],
        moderated: NDArray[np.bool_],
    ) -> "Foretelling":
        """Of people and a model in the order of a table; `person` and `statement` are the places of sorted ids."""
        ordered = People(*(getattr(people, name)[person] for name in People.__slots__))
        made = Model(
            model.agreed[statement],
            model.passed[statement],
            model.opinion[:, statement],
            model.share,
            model.lean,
            model.talk,
            model.width,
        )
        return cls(ordered, made, ~moderated)

    def __call__(self, person: NDArray[np.integer], statement: NDArray[np.integer]) -> Floats:
        """Probabilities (v, 3) of objection, pass and agreement; of a moderated statement NaN."""
        said = tendency.foretell(person, statement, self.people, self.model)
        said[~self.known[statement]] = np.nan
        return said
