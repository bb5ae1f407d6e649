import { describe, expect, test } from 'vitest';
import type { Clock } from '#kit/clock.ts';
import type { Notification } from '#shared/model/notification.ts';
import { aNotification } from '#test/make/rows.ts';
import { makeDigest } from '../../../electron/shell/digest.ts';
import { makeQuit } from '../../../electron/shell/quit.ts';
import { watchSilence } from '../../../electron/shell/silence-watch.ts';
import {
  alarmToast,
  idOfActivation,
  placeOfId,
  stillRunningToast,
  type Toast,
  toastOf,
} from '../../../electron/shell/toast.ts';
import { hostIn } from '../../../electron/shell/tray-host.ts';

/** A clock whose timers run when they are told to. */
function handClock() {
  let at = 0;
  let timers: { at: number; run(): void }[] = [];
  const clock = {
    now: () => at,
    monotonic: () => at,
    after(ms: number, run: () => void) {
      const timer = { at: at + ms, run };
      timers.push(timer);
      return {
        cancel() {
          timers = timers.filter((one) => one !== timer);
        },
      };
    },
  } as unknown as Clock;
  const pass = (ms: number) => {
    for (const until = at + ms; ; ) {
      const next = timers.filter((one) => one.at <= until).toSorted((a, b) => a.at - b.at)[0];
      at = next?.at ?? until;
      if (next === undefined) return;
      timers = timers.filter((one) => one !== next);
      next.run();
    }
  };
  return { clock, pass };
}

const minute = 60_000;
const plan = { approvalId: 'apr_1', fingerprint: 'f'.repeat(64) };

describe('what is shown when', () => {
  function digest(minutes: number) {
    const { clock, pass } = handClock();
    const shown: Toast[] = [];
    const made = makeDigest({
      ...{ clock, digestMs: () => minutes * minute, show: (toast) => shown.push(toast) },
      waitingPlan: () => plan,
    });
    return { ...made, pass, shown, titles: () => shown.map(({ title }) => title) };
  }
  const good = (name: string) => aNotification({ title: `Done: ${name}`, taskId: `task_${name}` });

  test('successes are told together, at the end of the time that began with the first', () => {
    const { tell, pass, shown, titles } = digest(15);
    tell(good('a'));
    pass(14 * minute);
    tell(good('b'));
    expect(titles()).toEqual([]);
    pass(minute);
    expect(shown).toMatchObject([{ title: '2 tasks succeeded', body: 'a, b.', silent: true, urgent: false }]);
    pass(60 * minute);
    tell(good('c'));
    pass(15 * minute);
    expect(titles()).toEqual(['2 tasks succeeded', 'Done: c']);
  });

  test('failures, warnings and what needs a person are told now, however many successes wait', () => {
    const { tell, shown, titles } = digest(15);
    tell(good('a'));
    const now: Partial<Notification>[] = [
      { kind: 'failed', level: 'danger', title: 'Failed: b', taskId: 'task_b' },
      { kind: 'succeeded', level: 'attention', title: 'Done with warnings: c' },
      { kind: 'approval-needed', level: 'attention', title: 'Approval needed: d', approvalId: 'apr_1' },
      { kind: 'renewal-at-risk', level: 'danger', title: 'd expires in 2 days', approvalId: 'apr_1' },
    ];
    for (const one of now) tell(aNotification(one));
    expect(titles()).toEqual(now.map(({ title }) => title));
    expect(shown.map(({ urgent, silent }) => [urgent, silent])).toEqual([
      [true, false],
      [false, false],
      [false, false],
      [true, false],
    ]);
    // only what asks for the approval says what is approved
    expect(shown.map((toast) => toast.plan)).toEqual([null, null, plan, null]);
  });

  test('without a time each success is told on its own', () => {
    const { tell, titles } = digest(0);
    tell(good('a'));
    tell(good('b'));
    expect(titles()).toEqual(['Done: a', 'Done: b']);
  });

  test('all about one task have one identity, so that the newest replaces the others', () => {
    const { tell, shown } = digest(0);
    tell(aNotification({ kind: 'approval-needed', taskId: 'task_1', approvalId: 'apr_1' }));
    tell(aNotification({ kind: 'failed', taskId: 'task_1' }));
    expect(new Set(shown.map(({ id }) => id)).size).toBe(1);
    expect(shown[0]?.id.length).toBeLessThanOrEqual(64);
  });
});

describe('a click after a restart', () => {
  test('leads to the plan while it waits, then to the task, else to the list', () => {
    const id = idOfActivation('type=click&tag=task_0123');
    expect(id).toBe('task_0123');
    expect(placeOfId('task_0123', () => plan)).toEqual({ screen: 'approval', approvalId: 'apr_1' });
    expect(placeOfId('task_0123', () => null)).toEqual({ screen: 'task', taskId: 'task_0123' });
    expect(placeOfId('digest', () => plan)).toEqual({ screen: 'notifications' });
    expect(idOfActivation('type=click')).toBeNull();
  });
});

describe('the watch over the agent', () => {
  test('raises an alarm at the second silent check in a row, and again after a day', () => {
    const { clock, pass } = handClock();
    const raised: string[] = [];
    let sentence: string | null = 'Silent.';
    const watch = watchSilence({ clock, silence: () => sentence, raise: (one) => raised.push(one) });
    pass(15 * minute);
    sentence = null; // it had only just woken up
    pass(15 * minute);
    sentence = 'Silent.';
    pass(15 * minute);
    expect(raised).toEqual([]);
    pass(15 * minute);
    expect(raised).toEqual(['Silent.']);
    pass(23 * 60 * minute);
    expect(raised).toHaveLength(1);
    pass(2 * 60 * minute);
    expect(raised).toHaveLength(2);
    watch.stop();
    pass(48 * 60 * minute);
    expect(raised).toHaveLength(2);
  });

  test('leaves it to the agent that tells of its silence itself, and reminds of it after a day', () => {
    const { clock, pass } = handClock();
    const raised: string[] = [];
    const watch = watchSilence({ clock, silence: () => 'Silent.', raise: (one) => raised.push(one) });
    pass(20 * minute);
    watch.told();
    pass(23 * 60 * minute);
    expect(raised).toEqual([]);
    pass(2 * 60 * minute);
    expect(raised).toEqual(['Silent.']);
    // told first by the one or by the other: one toast takes the place of the other
    const toast = toastOf(aNotification({ taskId: null, title: alarmToast('Silent.').title }), null);
    expect(toast.id).toBe(alarmToast('Silent.').id);
  });

  test('an agent that cannot be asked is silent too', () => {
    const { clock, pass } = handClock();
    const raised: string[] = [];
    const silence = () => {
      throw new Error('database is closed');
    };
    watchSilence({ clock, silence, raise: (one) => raised.push(one) });
    pass(30 * minute);
    expect(raised).toEqual(['The agent cannot say when it last checked for renewals.']);
  });
});

describe('quitting', () => {
  function quitting(response: number, running: string[]) {
    const asked: string[] = [];
    const quits: (number | undefined)[] = [];
    const showMessageBox = (async (options: { message: string }) => {
      asked.push(options.message);
      return { response };
    }) as unknown as Electron.Dialog['showMessageBox'];
    const quit = makeQuit({
      ...{ dialog: { showMessageBox }, title: 'Trustkeep', running: () => running },
      quit: (ms) => quits.push(ms),
    });
    return { quit, asked, quits };
  }

  test('asks nothing where nothing runs', async () => {
    const { quit, asked, quits } = quitting(2, []);
    await quit();
    expect([asked, quits]).toEqual([[], [undefined]]);
  });

  test('names what runs, and waits for it, breaks it off, or does not quit, as the person says', async () => {
    const names = ['one', 'two', 'three', 'four', 'five'];
    const done = quitting(0, names);
    await Promise.all([done.quit(), done.quit()]);
    expect(done.asked).toEqual(['Trustkeep is working on one, two, three and 2 more.']);
    expect(done.quits).toEqual([600_000]);
    const now = quitting(1, names);
    await now.quit();
    expect(now.quits).toEqual([undefined]);
    const not = quitting(2, names);
    await not.quit();
    expect(not.quits).toEqual([]);
  });
});

test('a desktop without a tray is told apart from one that has one, and from one that does not say', () => {
  expect(hostIn('(true,)\n')).toBe(true);
  expect(hostIn('(false,)\n')).toBe(false);
  expect(hostIn('')).toBeNull();
  expect(stillRunningToast(false).body).toContain('shows no tray');
  for (const known of [true, null]) expect(stillRunningToast(known).body).toContain('It is in the tray.');
});
