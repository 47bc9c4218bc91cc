import type { Arrow } from '../../../shared/pointing';

/** A cell where it stands. */
export interface Place {
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

/** The cell that an arrow leads to: the next in order, or the nearest in the next line; the same one at the edge. */
export function neighbour(places: readonly Place[], id: string | undefined, arrow: Arrow): string | undefined {
  const index = places.findIndex((place) => place.id === id);
  const from = places[index];
  if (!from) {
    return places[0]?.id;
  }
  if (arrow === 'ArrowLeft' || arrow === 'ArrowRight') {
    return (places[index + (arrow === 'ArrowRight' ? 1 : -1)] ?? from).id;
  }
  const beyond = places.filter(({ y }) => (arrow === 'ArrowDown' ? y > from.y : y < from.y));
  const distance = ({ x, y }: Place) => Math.abs(y - from.y) * 10_000 + Math.abs(x - from.x);
  return beyond.reduce<Place>((best, place) => (best === from || distance(place) < distance(best) ? place : best), from)
    .id;
}
