import { Failure } from '#shared/failure.ts';
import type { Endpoint, ProbeReport } from '#shared/model/endpoint.ts';
import type { LoginMaterial } from '../providers/connections/connection.ts';
import { isNotFetched } from './logins.ts';
import { openWithLogin, type SessionParts } from './sessions.ts';
import { closeSession } from './tasks/open-tools.ts';

/**
 * Probes an endpoint that is stored nowhere yet; `hostKey` is the one that was seen when none was pinned. `given` is its
 * login, unless a credential store has it.
 */
export async function probeDraft(
  parts: SessionParts,
  draft: Endpoint,
  given: LoginMaterial,
): Promise<{ report: ProbeReport; hostKey: string | null }> {
  let hostKey: string | null = null;
  const session = await openWithLogin(parts, draft, {
    given,
    onHostKey: (seen) => {
      hostKey = seen.fingerprint;
    },
  });
  try {
    return { report: await session.endpoint.probe(), hostKey };
  } finally {
    await closeSession(session);
  }
}

/** The report on an endpoint that could not even be connected to. */
export function reportOfNoConnection(error: unknown, at: number): ProbeReport {
  if (!(error instanceof Failure)) throw error;
  const sentence = error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
  const name = isNotFetched(error) ? 'credential' : (doors[error.code] ?? 'connect');
  return { ok: false, version: null, checks: [{ name, ok: false, sentence }], at };
}

/** The check that a failure of connecting belongs to, where it got further than the connection itself. */
const doors: Record<string, string> = {
  'ssh.host-key-changed': 'host-key',
  'ssh.login-refused': 'log-in',
};
