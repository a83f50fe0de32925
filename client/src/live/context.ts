import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Live, SocketState } from './socket';

const LiveContext = createContext<Live | undefined>(undefined);

export const LiveProvider = LiveContext.Provider;

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) {
    throw new Error('useLive needs a LiveProvider above it');
  }
  return live;
}

export function useSocketState(): SocketState {
  const { state } = useLive();
  return useSyncExternalStore(state.subscribe, state.get);
}
