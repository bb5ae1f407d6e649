import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useEffectEvent,
  useSyncExternalStore,
} from 'react';
import type { AgentEvent } from '#shared/contract/events.ts';
import type { Bridge, LinkState } from './bridge.ts';

const BridgeContext = createContext<Bridge | null>(null);

export function BridgeProvider({ bridge, children }: { bridge: Bridge; children: ReactNode }) {
  return <BridgeContext value={bridge}>{children}</BridgeContext>;
}

export function useBridge(): Bridge {
  const bridge = useContext(BridgeContext);
  if (bridge === null) throw new Error('useBridge needs a BridgeProvider above it');
  return bridge;
}

/** What has the person pick a file; null where there is no desktop that could show a picker. */
export function usePickFile(): Bridge['pickFile'] | null {
  const bridge = useContext(BridgeContext);
  return bridge?.canPickFile() ? bridge.pickFile : null;
}

export function useLinkState(): LinkState {
  const bridge = useBridge();
  return useSyncExternalStore(bridge.onState, bridge.state, bridge.state);
}

export function useAgentEvent(listener: (event: AgentEvent) => void): void {
  const bridge = useBridge();
  const heard = useEffectEvent(listener);
  useEffect(() => bridge.onEvent((event) => heard(event)), [bridge]);
}
