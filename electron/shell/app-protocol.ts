import type { Protocol, Session } from 'electron';
import { answer } from './app-files.ts';

/** Before `ready`: our scheme behaves like https, but can neither bypass the policy nor be fetched. */
export function registerScheme(protocol: Protocol): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: 'app',
      privileges: { standard: true, secure: true, codeCache: true, supportFetchAPI: false, bypassCSP: false },
    },
  ]);
}

/**
 * Serves the page's folder as `app://ui/`. Not by `protocol.handle`, which makes a web stream of every file: see
 * `docs/decisions/0027-start-of-the-window.md`.
 */
export function servePage(session: Session, root: string): void {
  session.protocol.registerBufferProtocol('app', (request, give) => {
    void answer(root, request.method, request.url).then(give);
  });
}
