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

/** Serves the page's folder as `app://ui/`. */
export function servePage(session: Session, root: string): void {
  session.protocol.handle('app', (request) => answer(root, request.method, request.url));
}
