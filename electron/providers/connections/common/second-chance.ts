import type { ConnectTools, LoginMaterial, SeenIdentity } from '../connection.ts';

/**
 * Tries `attempt`, and once more with another login when the first was refused and there is one; never a third time,
 * because hosts lock accounts out. `met` is the identity that the first try saw: the second must be shown the same.
 */
export async function withSecondChance<C>(
  login: LoginMaterial,
  tools: Pick<ConnectTools, 'onIdentity' | 'anotherLogin'>,
  isRefused: (error: unknown) => boolean,
  attempt: (login: LoginMaterial, met: string | null, onIdentity: (seen: SeenIdentity) => void) => Promise<C>,
): Promise<C> {
  let met: string | null = null;
  const onIdentity = (seen: SeenIdentity): void => {
    met = seen.fingerprint;
    tools.onIdentity?.(seen);
  };
  try {
    return await attempt(login, null, onIdentity);
  } catch (error) {
    if (!isRefused(error)) throw error;
    const another = (await tools.anotherLogin?.()) ?? null;
    if (another === null) throw error;
    return attempt(another, met, onIdentity);
  }
}
