import type { RenderProcessGoneDetails } from 'electron';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';

/** Of a page and its window, what is needed to bring it back. */
interface BreakablePage {
  on(event: 'render-process-gone', heard: (event: unknown, details: RenderProcessGoneDetails) => void): void;
  reload(): void;
  /** Closes the window; the tray can open a new one. */
  close(): void;
}

/** What breaks again within this many milliseconds would go on breaking. @internal */
export const tooSoon = 60_000;

/**
 * A page whose process ended is a blank window. It is loaded again where the person was (what was being typed is lost);
 * when it ends again within a minute, the window closes. The agent works on meanwhile.
 */
export function bringPageBack(page: BreakablePage, { log, clock }: { log: Log; clock: Clock }): void {
  let last = Number.NEGATIVE_INFINITY;
  page.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit') return; // the window is closing
    const again = clock.monotonic() - last < tooSoon;
    last = clock.monotonic();
    log.error(`the page ended, and ${again ? 'its window is closed' : 'is loaded again'}`, {
      reason,
      exitCode,
    });
    if (again) page.close();
    else page.reload();
  });
}
