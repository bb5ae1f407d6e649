import {
  Button,
  createDOMRenderer,
  FluentProvider,
  RendererProvider,
  webLightTheme,
} from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { probes } from './probes.ts';

/** A page as small as the shell's tests allow: it uses React and Fluent UI under the real policy, and asks for the port. */
const violations: string[] = [];
document.addEventListener('securitypolicyviolation', (event) =>
  violations.push(`${event.violatedDirective} ${event.blockedURI}`),
);

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.nonce ?? '';
const renderer = createDOMRenderer(document, { styleElementAttributes: { nonce } });

function Page() {
  const [port, setPort] = useState('no port');
  const [place, setPlace] = useState(location.hash);
  const [answer, setAnswer] = useState('');
  useEffect(() => {
    const heard = (event: MessageEvent) => {
      if (event.source !== window || event.data !== 'trustkeep:port') return;
      setPort(`port ${event.ports.length}`);
      const [own] = event.ports;
      if (own) own.onmessage = (message: MessageEvent) => setAnswer(String(message.data));
      own?.postMessage('ping');
    };
    const moved = () => setPlace(location.hash);
    window.addEventListener('message', heard);
    window.addEventListener('hashchange', moved);
    window.postMessage('trustkeep:want-port', '/');
  }, []);
  return (
    <FluentProvider theme={webLightTheme}>
      <h1>Trustkeep</h1>
      <p data-testid="port">{port}</p>
      <p data-testid="place">{place}</p>
      <p data-testid="answer">{answer}</p>
      <Button appearance="primary">Save</Button>
    </FluentProvider>
  );
}

/** Not within the call of whoever evaluates it: while a debugger evaluates, even `eval` is let through. */
const probe = (name: string) =>
  new Promise((resolve) => setTimeout(() => resolve(probes[name]?.() ?? `there is no probe ${name}`), 0));

Object.assign(window, { violations, probe });
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <RendererProvider renderer={renderer} targetDocument={document}>
      <Page />
    </RendererProvider>,
  );
}
