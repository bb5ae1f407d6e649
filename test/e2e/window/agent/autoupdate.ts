import { Failure } from '#shared/failure.ts';
import type { AutoupdateStatus } from '#shared/model/update.ts';
import { type FakeTools, os } from './procedures.ts';

/** Updates of the program itself; while a task works, none is installed. */
export function autoupdateRoutes({ world, changed, did }: FakeTools) {
  const become = (updates: Partial<AutoupdateStatus>): AutoupdateStatus => {
    world.updates = { ...world.updates, ...updates };
    changed('autoupdate');
    return world.updates;
  };
  return {
    autoupdate: {
      get: os.autoupdate.get.handler(() => world.updates),
      enable: os.autoupdate.enable.handler(({ input }) => {
        did('autoupdate.enable', input);
        return become(switchedTo(world.updates, true));
      }),
      disable: os.autoupdate.disable.handler(({ input }) => {
        did('autoupdate.disable', input);
        return become(switchedTo(world.updates, false));
      }),
      set: os.autoupdate.set.handler(({ input }) => {
        did('autoupdate.set', input);
        const { feed, ...rest } = input;
        return become({
          settings: { ...world.updates.settings, ...rest, ...(feed === undefined ? {} : { feed }) },
        });
      }),
      check: os.autoupdate.check.handler(({ input }) => {
        did('autoupdate.check', input);
        return become({ byHand: true, lastCheckAt: Date.now() });
      }),
      install: os.autoupdate.install.handler(({ input }) => {
        did('autoupdate.install', input);
        if (input.when_idle !== true) throw atWork();
        return become({ sentence: 'Trustkeep 0.2.0 is downloaded and checked. It can be installed.' });
      }),
      cancel: os.autoupdate.cancel.handler(({ input }) => {
        did('autoupdate.cancel', input);
        return become({ state: 'available', progress: null });
      }),
      goBack: os.autoupdate.goBack.handler(({ input }) => {
        did('autoupdate.goBack', input);
        return world.updates;
      }),
    },
  };
}

function switchedTo({ settings }: AutoupdateStatus, enabled: boolean): Partial<AutoupdateStatus> {
  return {
    ...{ settings: { ...settings, enabled }, enabled, disabledBy: enabled ? null : 'setting' },
    ...(enabled
      ? { state: 'idle', sentence: 'Trustkeep 0.1.0 is in use; the next check will come.' }
      : { state: 'disabled', sentence: 'Autoupdate is switched off; no request is made.' }),
  };
}

function atWork(): Failure {
  return new Failure(
    'update.busy',
    'A task is at work: certify of shop. Trustkeep does not restart during that.',
    {
      hint: 'Wait until it is done, or have the update installed as soon as it is: trustkeep autoupdate install --when_idle',
    },
  );
}
