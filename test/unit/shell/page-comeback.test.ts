import type { RenderProcessGoneDetails } from 'electron';
import { beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import { SteppedClock } from '#test/make/stepped-clock.ts';
import { bringPageBack, tooSoon } from '../../../electron/shell/page-comeback.ts';

describe('a page whose process ends', () => {
  let clock: SteppedClock;
  let done: string[];
  let end: (reason: RenderProcessGoneDetails['reason']) => void;
  beforeEach(() => {
    clock = new SteppedClock();
    done = [];
    const page = {
      on(_event: string, heard: (event: unknown, details: RenderProcessGoneDetails) => void) {
        end = (reason) => heard(null, { reason, exitCode: 5 });
      },
      reload: () => void done.push('reload'),
      close: () => void done.push('close'),
    };
    bringPageBack(page, { log: silentLog, clock });
  });

  test('is loaded again, each time that this is rare', () => {
    end('crashed');
    clock.step(tooSoon);
    end('oom');
    expect(done).toEqual(['reload', 'reload']);
  });

  test('closes its window when that did not help', () => {
    end('crashed');
    clock.step(tooSoon - 1000);
    end('crashed');
    expect(done).toEqual(['reload', 'close']);
  });

  test('is left alone when it ends because its window closes', () => {
    end('clean-exit');
    expect(done).toEqual([]);
  });
});
