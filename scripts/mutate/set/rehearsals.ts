import { judgedBy, type Mutation } from '../mutation.ts';

const rehearse = 'electron/agent/steps/rehearse.ts';
const provider = 'electron/providers/authorities/acme/provider.ts';

/** Rehearsals: never at the real directory, nothing left behind, and no pass that means nothing. */
export const rehearsalMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/agent/steps/rehearse.test.ts'],
    [
      {
        breaks: 'a certificate for another key passes',
        file: rehearse,
        find: 'leaf.keyFingerprint === key && sameNames',
        put: 'sameNames',
      },
      {
        breaks: 'a certificate for other names passes',
        file: rehearse,
        find: '=== key && sameNames(leaf.names, plan.names)',
        put: '=== key',
      },
      {
        breaks: 'an order that the CA refuses passes',
        file: rehearse,
        find: "    if (status.state === 'refused') return Failure.from(status.because);\n",
        put: "    if (status.state === 'refused') return null;\n",
      },
      {
        breaks: 'what proved control stays after the rehearsal',
        file: rehearse,
        find: 'left = await authority.cleanUp(trial.handle, request, toolsUntil(new AbortController().signal));',
        put: '',
      },
      {
        breaks: 'what proved control stays when the rehearsal is called off',
        file: rehearse,
        find: 'left = await authority.cleanUp(trial.handle, request, toolsUntil(new AbortController().signal));',
        put: 'left = await authority.cleanUp(trial.handle, request, toolsUntil(parts.signal));',
      },
      {
        breaks: 'nobody is told what a rehearsal could not remove',
        file: rehearse,
        find: 'return withLeft(trial.checks, left);',
        put: 'return trial.checks;',
      },
      {
        breaks: 'what was put up since the order was placed is not removed',
        file: rehearse,
        find: '      trial.handle = better;\n',
        put: '',
      },
      {
        breaks: 'a rehearsal has no end where the CA has none',
        file: rehearse,
        find: 'clock.monotonic() + status.afterMs > until',
        put: 'clock.monotonic() + status.afterMs > until * 1e6',
      },
      {
        breaks: 'a rehearsal that was called off counts as one that failed',
        file: rehearse,
        find: '    parts.signal.throwIfAborted();\n',
        put: '',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/providers/authorities/acme/at-test-directory.test.ts'],
    [
      {
        breaks: 'a rehearsal orders at the real directory',
        file: provider,
        find: 'settings: { ...settings, directoryUrl }',
        put: 'settings: { directoryUrl, ...settings }',
      },
      {
        breaks: 'the account at the test directory takes the place of the real one',
        file: provider,
        find: 'state: apart(state)',
        put: 'state',
      },
      {
        breaks: 'the test directory is not given the binding of the account',
        file: provider,
        find: 'name === boundKey ? name : `test-${name}`',
        put: '`test-${name}`',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/shared/catalog/authorities.test.ts'],
    [
      {
        breaks: 'where no test directory is known, the real one is taken for it',
        file: 'shared/catalog/authorities/acme.ts',
        find: 'testDirectoryUrl ?? knownTests[asUrl.parse(directoryUrl)] ?? null',
        put: 'testDirectoryUrl ?? knownTests[asUrl.parse(directoryUrl)] ?? directoryUrl',
      },
      {
        breaks: 'the real directory may be set as the test directory',
        file: 'shared/catalog/authorities/acme.ts',
        find: 'otherThan(directoryUrl, testDirectoryUrl)',
        put: 'testDirectoryUrl',
      },
    ],
  ),
];
