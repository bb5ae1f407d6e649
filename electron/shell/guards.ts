import type { App, Session, Shell, WebContents } from 'electron';
import type { Log } from '#kit/log.ts';
import { pageOrigin } from '#shared/page.ts';
import { originOf } from './permissions.ts';
import { mayOpen } from './safe-open.ts';

/** Schemes the page may ask for; `devtools` only where the tools can be opened at all. @internal */
export function mayRequest(address: string, devTools: boolean): boolean {
  const scheme = URL.parse(address)?.protocol;
  if (scheme === 'app:') return originOf(address) === pageOrigin;
  return scheme === 'data:' || scheme === 'blob:' || (devTools && scheme === 'devtools:');
}

/** The second fence behind the content security policy: no request leaves the page for a network. */
export function guardRequests(session: Session, devTools: boolean, log: Log): void {
  session.webRequest.onBeforeRequest((details, answer) => {
    const allowed = mayRequest(details.url, devTools);
    if (!allowed) log.warn('request of the page stopped', { to: originOf(details.url) });
    answer({ cancel: !allowed });
  });
  session.on('will-download', (event, item) => {
    if (!item.getURL().startsWith(`blob:${pageOrigin}/`)) event.preventDefault(); // its own texts the page may offer
  });
}

/** Hooks every page and frame that is ever made: none leaves our page, none opens a window. */
export function guardContents(app: App, shell: Pick<Shell, 'openExternal'>, log: Log): void {
  app.on('web-contents-created', (_event, contents) => guard(contents, shell, log));
  app.on('select-client-certificate', (event, _contents, _url, _list, answer) => {
    event.preventDefault(); // Chromium would send the person's first certificate by itself
    answer();
  });
}

function guard(contents: WebContents, shell: Pick<Shell, 'openExternal'>, log: Log): void {
  const stay = (event: { preventDefault(): void; url: string }) => {
    event.preventDefault();
    log.warn('navigation stopped', { to: originOf(event.url) });
  };
  contents.on('will-navigate', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpen(url)) {
      void shell.openExternal(url).catch((error: unknown) => log.warn('link not opened', { error }));
    } else {
      log.warn('window not opened', { to: originOf(url) });
    }
    return { action: 'deny' };
  });
}
