"""Names of episodes: after the event that first opened them, and kept whatever is learnt later (`settled.md` 20)."""

from collections.abc import Sequence

from msgspec.structs import replace

from schemas.ids import episode_id
from services.grader.engine.fold import Episode, Fold
from services.grader.engine.state import EpisodeName

KEPT = 4


def named(names: tuple[EpisodeName, ...], folds: Sequence[Fold], now: Fold) -> tuple[EpisodeName, ...]:
    """The known episodes after the moments in `folds` were evaluated, the first of them being known already."""
    names = tuple(_ended(name, folds) for name in names)
    for fold in folds:
        if fold.episode is not None and not any(fold.episode.key in name.keys for name in names):
            names = _with_episode(names, fold.episode, _until_ms(fold.episode.key, folds))
    key = now.episode.key if now.episode else None
    # What is open and not gone on with was opened by what turned out not to have happened.
    return tuple(
        replace(
            name, closed_ms=None if key in name.keys else name.opened_ms if name.closed_ms is None else name.closed_ms
        )
        for name in names
    )[-KEPT:]


def _ended(name: EpisodeName, folds: Sequence[Fold]) -> EpisodeName:
    """With the moment after which the episode is seen no more."""
    last = max((index for index, fold in enumerate(folds) if _is_in(fold, name)), default=None)
    if last is None:
        return name
    after = next((fold.at_ms for fold in folds[last + 1 :] if fold.episode is None), None)
    return replace(name, closed_ms=after)


def _is_in(fold: Fold, name: EpisodeName) -> bool:
    return fold.episode is not None and fold.episode.key in name.keys


def _until_ms(key: str, folds: Sequence[Fold]) -> int:
    return max(fold.at_ms for fold in folds if fold.episode is not None and fold.episode.key == key)


def _with_episode(names: tuple[EpisodeName, ...], episode: Episode, until_ms: int) -> tuple[EpisodeName, ...]:
    """An episode that overlaps a known one is that one."""
    for index, name in enumerate(names):
        if name.opened_ms <= until_ms and (name.closed_ms is None or name.closed_ms >= episode.opened_ms):
            known = replace(name, keys=(*name.keys, episode.key), opened_ms=min(name.opened_ms, episode.opened_ms))
            return (*names[:index], known, *names[index + 1 :])
    return (*names, EpisodeName(episode_id(episode.key), (episode.key,), episode.opened_ms))
