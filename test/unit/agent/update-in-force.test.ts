import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { type AutoupdateSettings, autoupdateSettings } from '#shared/model/update.ts';
import { inForce } from '../../../electron/agent/updates/in-force.ts';
import type { UpdateParts } from '../../../electron/agent/updates/updater.ts';
import type { UpdatePolicy } from '../../../electron/updates/policy.ts';

const feed = 'https://updates.example/';
const release = { keys: [], feed, publishers: [] };

function force(
  settings: Partial<AutoupdateSettings> = {},
  policy: UpdatePolicy = {},
  more: Partial<UpdateParts> = {},
) {
  const parts = { policy: () => policy, kind: 'appimage' as const, release, ...more };
  return inForce(autoupdateSettings.parse(settings), parts);
}

describe('what counts for updates', () => {
  test('is on in a release, unless a person switched it off', () => {
    expect(force()).toMatchObject({
      enabled: true,
      disabledBy: null,
      feed,
      channel: 'latest',
      install: 'ask',
    });
    expect(force({ enabled: false })).toMatchObject({ enabled: false, disabledBy: 'setting' });
  });

  test('is what an administrator decided, in both directions', () => {
    const on = { enabled: { value: true, by: 'here' } };
    expect(force({ enabled: false }, on)).toMatchObject({ enabled: true, policy: { enabled: 'here' } });
    const off = { enabled: { value: false, by: 'here' }, channel: { value: 'beta' as const, by: 'there' } };
    expect(force({}, off)).toMatchObject({ enabled: false, disabledBy: 'policy', channel: 'beta' });
    const when = { window: { value: '02:00-03:00', by: 'here' } };
    expect(force({ window: 'any' }, when)).toMatchObject({
      window: '02:00-03:00',
      policy: { install: 'here' },
    });
  });

  test('is off while the policy cannot be read, whatever is set', () => {
    const policy = () => {
      throw new Failure('update.policy-unreadable', 'The policy does not count.');
    };
    expect(force({ enabled: true }, {}, { policy })).toMatchObject({
      ...{ enabled: false, disabledBy: 'policy', trouble: { code: 'update.policy-unreadable' } },
    });
  });

  test.each(['deb', 'rpm', 'docker', 'macos', 'archive', 'checkout'] as const)(
    'is off in a package that others update: %s, also where an administrator switched it on',
    (kind) => {
      const on = { enabled: { value: true, by: 'here' } };
      expect(force({}, on, { kind })).toMatchObject({ enabled: false, disabledBy: 'package' });
    },
  );

  test('is off without an address; one that is set wins over the one built in', () => {
    const without = { release: { ...release, feed: null } };
    expect(force({}, {}, without)).toMatchObject({ enabled: false, disabledBy: 'feed', feed: null });
    expect(force({ feed: 'https://own.example/' }, {}, without)).toMatchObject({ enabled: true });
    expect(force({ feed: 'https://own.example/' }).feed).toBe('https://own.example/');
  });
});
