import type { ReactNode } from 'react';
import type { Subject } from '#shared/model/subject.ts';
import { InnerLink } from '../../parts/inner-link.tsx';
import { en } from '../../text/en.ts';

/** What a task is about, the wider thing first, each a link where the window has a place for it. */
export function subjectFacts({ within, ...own }: Subject): [string, ReactNode][] {
  return [within, own].flatMap((one): [string, ReactNode][] => {
    if (one === null) return [];
    const place = placeIn(one, within);
    const link = place === null ? one.name : linkTo(place, one.name);
    return [[en.tasks.subjects[one.kind], link]];
  });
}

function placeIn({ kind, id }: Omit<Subject, 'within'>, within: Subject['within']): string[] | null {
  if (kind === 'endpoint') return ['endpoints', id];
  return kind === 'node' && within !== null ? ['endpoints', within.id, id] : null;
}

function linkTo(place: string[], name: string): ReactNode {
  return <InnerLink place={place}>{name}</InnerLink>;
}
