import type { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentEvent } from '#shared/contract/events.ts';
import type { Bridge } from '../../../renderer/bridge/bridge.ts';
import { followChanges } from '../../../renderer/bridge/invalidate.ts';

/** A window whose questions take so long; when each round of them was asked, since the start. */
function played(takes: number) {
  const began = Date.now();
  const asked: number[] = [];
  let hear: (event: AgentEvent) => void = () => {};
  const queries = new Proxy({}, { get: (_, noun) => ({ key: () => [noun] }) });
  const bridge = {
    queries,
    onEvent(listener: typeof hear) {
      hear = listener;
      return () => {};
    },
  } as unknown as Bridge;
  const cache = {
    invalidateQueries: () => {
      const at = Date.now() - began;
      if (asked.at(-1) !== at) asked.push(at);
      return new Promise<void>((done) => setTimeout(done, takes));
    },
  } as unknown as QueryClient;
  const stop = followChanges(bridge, cache);
  return { asked, hear: (event: AgentEvent) => hear(event), stop };
}

describe('a window that hears of many changes', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('asks again for a long list less often while events keep coming, and once more after the last', async () => {
    const { asked, hear, stop } = played(600);
    for (let at = 0; at < 10_000; at += 20) {
      hear({ type: 'changed', topic: 'tasks', id: null, at });
      await vi.advanceTimersByTimeAsync(20);
    }
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.length).toBeLessThan(8); // every 120 ms it was some 80
    await vi.advanceTimersByTimeAsync(4_000);
    expect(asked.at(-1)).toBeGreaterThanOrEqual(10_000);
    stop();
  });

  it('asks again soon for what is answered soon, and for other things while one is not answered', async () => {
    const quick = played(5);
    for (let at = 0; at < 2_000; at += 20) {
      quick.hear({ type: 'changed', topic: 'tasks', id: null, at });
      await vi.advanceTimersByTimeAsync(20);
    }
    expect(quick.asked.length).toBeGreaterThan(10);
    quick.stop();
    const stuck = played(60_000);
    stuck.hear({ type: 'changed', topic: 'proxy', id: null, at: 0 });
    await vi.advanceTimersByTimeAsync(200);
    stuck.hear({ type: 'changed', topic: 'tasks', id: null, at: 0 });
    await vi.advanceTimersByTimeAsync(1_200);
    expect(stuck.asked.length).toBe(2);
    stuck.stop();
  });
});
