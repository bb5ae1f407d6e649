import type { Failure } from '#shared/failure.ts';
import type { Offer } from '../../updates/offer.ts';

/** Where an update is, as drawn in `shared/model/update.ts`. `idle` is shown as disabled where checks are off. */
export type Phase =
  | { name: 'idle' }
  | { name: 'checking' }
  | { name: 'up-to-date' }
  | { name: 'available'; offer: Offer }
  | { name: 'downloading'; offer: Offer; bytes: number }
  | { name: 'ready'; offer: Offer; file: string }
  | { name: 'installing'; offer: Offer; file: string }
  | { name: 'failed'; failure: Failure; offer: Offer | null };

export type PhaseEvent =
  | { event: 'check' }
  | { event: 'nothing-newer' }
  | { event: 'found'; offer: Offer }
  | { event: 'download' }
  | { event: 'progress'; bytes: number }
  | { event: 'downloaded'; file: string }
  | { event: 'cancel' }
  | { event: 'install' }
  | { event: 'fail'; failure: Failure }
  /** Checks were switched off. */
  | { event: 'disable' };

/** The next phase; null where the event has no place in this one. Pure. */
export function nextPhase(phase: Phase, happened: PhaseEvent): Phase | null {
  switch (happened.event) {
    case 'check':
      return ['checking', 'downloading', 'installing'].includes(phase.name) ? null : { name: 'checking' };
    case 'nothing-newer':
      return phase.name === 'checking' ? { name: 'up-to-date' } : null;
    case 'found':
      return phase.name === 'checking' ? { name: 'available', offer: happened.offer } : null;
    case 'download':
      return (phase.name === 'available' || phase.name === 'failed') && phase.offer !== null
        ? { name: 'downloading', offer: phase.offer, bytes: 0 }
        : null;
    case 'progress':
      return phase.name === 'downloading' ? { ...phase, bytes: happened.bytes } : null;
    case 'downloaded':
      return phase.name === 'downloading' ? { name: 'ready', offer: phase.offer, file: happened.file } : null;
    case 'cancel':
      return phase.name === 'downloading' ? { name: 'available', offer: phase.offer } : null;
    case 'install':
      return phase.name === 'ready' ? { ...phase, name: 'installing' } : null;
    case 'fail':
      return failed(phase, happened.failure);
    case 'disable':
      return phase.name === 'installing' ? null : { name: 'idle' };
  }
}

function failed(phase: Phase, failure: Failure): Phase | null {
  switch (phase.name) {
    case 'checking':
    case 'idle': // what the start finds of an earlier update
      return { name: 'failed', failure, offer: null };
    case 'downloading':
    case 'installing':
      return { name: 'failed', failure, offer: phase.offer };
    default:
      return null;
  }
}
