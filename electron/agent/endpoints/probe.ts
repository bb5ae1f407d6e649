import { Failure } from '#shared/failure.ts';
import { connectionDefinition } from '#shared/model/connection.ts';
import type { Endpoint, ProbeReport } from '#shared/model/endpoint.ts';
import type { CheckName, ProbeCheck } from '#shared/model/probe-check.ts';
import type { LoginMaterial } from '../../providers/connections/connection.ts';
import type { GivenSecrets } from '../endpoint-secrets.ts';
import { isNotFetched } from '../logins.ts';
import { closeConnection, type OpenConnectionParts, openWithLogin } from '../open-connection.ts';

/** Of whoever waits for a probe. */
export interface ProbeWatch {
  /** Gives it up: what runs on the endpoint for it is ended. */
  signal?: AbortSignal | undefined;
  /** Called as each check begins. */
  begins?: ((check: CheckName) => void) | undefined;
}

/** What was given for a draft. It stays the giver's. */
export interface GivenForDraft {
  /** Its login, unless a credential store has it. */
  login: LoginMaterial;
  /** Its other secrets; what is not in it is as it is sealed. */
  secrets?: GivenSecrets | undefined;
}

/** Probes an endpoint that is stored nowhere yet; `identity` is what was seen when none was pinned. */
export async function probeDraft(
  parts: OpenConnectionParts,
  draft: Endpoint,
  { login: given, secrets }: GivenForDraft,
  { signal, begins }: ProbeWatch = {},
): Promise<{ report: ProbeReport; identity: string | null }> {
  let identity: string | null = null;
  const open = await openWithLogin(parts, draft, {
    given,
    secrets,
    signal,
    onIdentity: (seen) => {
      identity = seen.fingerprint;
    },
  });
  const close = (): void => void closeConnection(open); // what runs there ends with the connection
  signal?.addEventListener('abort', close, { once: true });
  try {
    return { report: await open.endpoint.probe(begins), identity };
  } finally {
    signal?.removeEventListener('abort', close);
    await closeConnection(open);
  }
}

/** The report on an endpoint that could not even be connected to; `connection` is left out when it is gone. */
export function reportOfNoConnection(
  error: unknown,
  at: number,
  connection?: Endpoint['connection'],
): ProbeReport {
  if (!(error instanceof Failure)) throw error;
  const sentence = error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
  const name = isNotFetched(error) ? 'credential' : checkOf(error, connection);
  const { identity } = error;
  const check: ProbeCheck = { name, ok: false, sentence, ...(identity === undefined ? {} : { identity }) };
  return { ok: false, version: null, checks: [check], at };
}

/** The check that a failure of connecting belongs to. */
function checkOf({ about }: Failure, connection: Endpoint['connection'] | undefined): CheckName {
  const identity = connection === undefined ? null : connectionDefinition(connection).identity;
  if (about === 'identity' && identity !== null) return identity.id;
  return about === 'login' ? 'log-in' : 'connect';
}
