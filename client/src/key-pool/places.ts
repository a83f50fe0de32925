import { useState } from 'react';

/**
 * Where each id stands among the places of a lane: it keeps its place for as long as it is there, so that nothing moves
 * when another goes. Who is new takes the first free place. A place that became free stays until the lane is empty.
 */
export function placesOf(held: readonly (string | undefined)[], ids: readonly string[]): readonly (string | undefined)[] {
  if (ids.length === 0) {
    return [];
  }
  const places = held.map((id) => (id !== undefined && ids.includes(id) ? id : undefined));
  for (const id of ids.filter((candidate) => !places.includes(candidate))) {
    const free = places.indexOf(undefined);
    places[free < 0 ? places.length : free] = id;
  }
  return places;
}

/** The same for as long as a lane is on screen. */
export function usePlaces(ids: readonly string[]): readonly (string | undefined)[] {
  const [held, setHeld] = useState<readonly (string | undefined)[]>([]);
  const places = placesOf(held, ids);
  if (places.length !== held.length || places.some((id, place) => id !== held[place])) {
    setHeld(places);
  }
  return places;
}
