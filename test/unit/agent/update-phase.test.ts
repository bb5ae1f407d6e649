import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { nextPhase, type Phase, type PhaseEvent } from '../../../electron/agent/updates/phase.ts';
import type { Offer } from '../../../electron/updates/offer.ts';

const offer = { shown: { version: '1.1.0', size: 10 } } as Offer;
const failure = new Failure('net.refused', 'Nothing accepts connections at 127.0.0.1:1.');
const phases: Record<Phase['name'], Phase> = {
  idle: { name: 'idle' },
  checking: { name: 'checking' },
  'up-to-date': { name: 'up-to-date' },
  available: { name: 'available', offer },
  downloading: { name: 'downloading', offer, bytes: 4 },
  ready: { name: 'ready', offer, file: '/f' },
  installing: { name: 'installing', offer, file: '/f' },
  failed: { name: 'failed', failure, offer },
};
const events: Record<PhaseEvent['event'], PhaseEvent> = {
  check: { event: 'check' },
  'nothing-newer': { event: 'nothing-newer' },
  found: { event: 'found', offer },
  download: { event: 'download' },
  progress: { event: 'progress', bytes: 5 },
  downloaded: { event: 'downloaded', file: '/f' },
  cancel: { event: 'cancel' },
  install: { event: 'install' },
  fail: { event: 'fail', failure },
  disable: { event: 'disable' },
};

/** The drawing in `shared/model/update.ts`, as a table: what is not in it must not happen. */
const table: Record<Phase['name'], Partial<Record<PhaseEvent['event'], Phase['name']>>> = {
  idle: { check: 'checking', fail: 'failed', disable: 'idle' },
  checking: { 'nothing-newer': 'up-to-date', found: 'available', fail: 'failed', disable: 'idle' },
  'up-to-date': { check: 'checking', disable: 'idle' },
  available: { check: 'checking', download: 'downloading', disable: 'idle' },
  downloading: {
    progress: 'downloading',
    downloaded: 'ready',
    cancel: 'available',
    fail: 'failed',
    disable: 'idle',
  },
  ready: { check: 'checking', install: 'installing', disable: 'idle' },
  installing: { fail: 'failed' },
  failed: { check: 'checking', download: 'downloading', disable: 'idle' },
};

describe.each(Object.keys(phases) as Phase['name'][])('from %s', (from) => {
  test.each(Object.keys(events) as PhaseEvent['event'][])('%s leads where the drawing says', (event) => {
    expect(nextPhase(phases[from], events[event])?.name ?? null).toBe(table[from][event] ?? null);
  });
});

test('what failed before anything was offered cannot be downloaded', () => {
  expect(nextPhase({ name: 'failed', failure, offer: null }, { event: 'download' })).toBe(null);
});

test('what was offered is kept through a failure of its download', () => {
  expect(nextPhase(phases.downloading, events.fail)).toEqual({ name: 'failed', failure, offer });
});
