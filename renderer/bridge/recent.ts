import { z } from 'zod';
import { keepList, recallList } from './list-memory.ts';

/** A place that was opened from the palette. */
const recent = z.object({ id: z.string(), kind: z.string(), title: z.string(), place: z.array(z.string()) });
export type Recent = z.infer<typeof recent>;

const list = 'palette';
const most = 8;

/** The last places that were opened by the palette, the last first; of this person at this machine. */
export function recentPlaces(): readonly Recent[] {
  return z.array(recent).catch([]).parse(recallList(list));
}

export function keepPlace(place: Recent): void {
  const others = recentPlaces().filter(({ id }) => id !== place.id);
  keepList(list, [place, ...others].slice(0, most));
}
