import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import { probeReport } from '#shared/model/endpoint.ts';
import { anSshConnection } from '#test/make/rows.ts';
import { reportOfNoConnection } from '../../../electron/agent/endpoints/probe.ts';

describe('the report on an endpoint that could not be connected to', () => {
  test.each<[FailureCode, string]>([
    ['ssh.host-key-changed', 'host-key'],
    ['ssh.login-refused', 'log-in'],
    ['connection.refused', 'connect'],
  ])('says %s as the check %s', (code, name) => {
    const report = reportOfNoConnection(new Failure(code, 'No.', { hint: 'Do it.' }), 5, anSshConnection({}));
    expect(report).toEqual({
      ...{ ok: false, version: null, at: 5 },
      checks: [{ name, ok: false, sentence: 'No. Do it.' }],
    });
  });

  test('tells both identities apart from the sentence, and can be stored', () => {
    const identity = { pinned: 'SHA256:old', seen: 'SHA256:new' };
    const failure = new Failure('ssh.host-key-changed', 'Another key.', { identity });
    const report = reportOfNoConnection(failure, 5, anSshConnection({}));
    expect(report.checks).toEqual([{ name: 'host-key', ok: false, sentence: 'Another key.', identity }]);
    expect(probeReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });
});
