import { createDOMRenderer, FluentProvider, RendererProvider } from '@fluentui/react-components';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Bridge } from './bridge/bridge.ts';
import { BridgeProvider } from './bridge/context.tsx';
import { styleNonce, usePrefersDark } from './bridge/desktop.ts';
import { followChanges } from './bridge/invalidate.ts';
import { keepFocus } from './bridge/keep-focus.ts';
import { Frame } from './frame/frame.tsx';
import { Gate } from './screens/secrets/gate.tsx';
import { darkTheme, lightTheme } from './theme/theme.ts';

/** Answers stay good until an event says otherwise; the agent is no network, so nothing waits for one. */
function newCache(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        networkMode: 'always',
        retry: false,
        refetchOnWindowFocus: false,
      },
    },
  });
}

const nonce = styleNonce();
const styles = createDOMRenderer(document, nonce === undefined ? {} : { styleElementAttributes: { nonce } });

export function App({ bridge }: { bridge: Bridge }) {
  const [cache] = useState(newCache);
  const dark = usePrefersDark();
  useEffect(() => followChanges(bridge, cache), [bridge, cache]);
  useEffect(() => keepFocus(), []);
  return (
    <RendererProvider renderer={styles} targetDocument={document}>
      <FluentProvider theme={dark ? darkTheme : lightTheme} style={{ height: '100%' }}>
        <QueryClientProvider client={cache}>
          <BridgeProvider bridge={bridge}>
            <Gate>
              <Frame />
            </Gate>
          </BridgeProvider>
        </QueryClientProvider>
      </FluentProvider>
    </RendererProvider>
  );
}
